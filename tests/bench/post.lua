-- SPDX-License-Identifier: GPL-2.0-or-later
-- A post-dissector in Lua that reads three fields of each frame and adds none: what such a script costs at least.
local fields = {Field.new("tcp.stream"), Field.new("tcp.flags"), Field.new("tcp.len")}
local protocol = Proto("benchpost", "Post-dissector for the benchmark")

function protocol.dissector()
    for _, field in ipairs(fields) do
        field()
    end
end

register_postdissector(protocol)
