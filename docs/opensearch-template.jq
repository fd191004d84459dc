# SPDX-License-Identifier: GPL-2.0-or-later
# The index template of docs/opensearch.md, made of tshark's own list of fields:
#   tshark -G fields | jq -n -R -f opensearch-template.jq
# A line of that list is: F, name, filter, type, and more, with tabs between them.

# Types of OpenSearch for the types of Wireshark. Tokens are searched as a whole, sentences by their words.
def types: {"FT_UINT8": "short", "FT_UINT16": "integer", "FT_UINT32": "long", "FT_FRAMENUM": "long",
            "FT_RELATIVE_TIME": "double", "FT_BOOLEAN": "boolean"};
def sentences: ["lab.note", "lab.http.header.meaning"];

def mapping($filter; $type):
  if $type != "FT_STRING" then {"type": types[$type]}
  elif sentences | index($filter) then {"type": "text"}
  else {"type": "keyword", "ignore_above": 1024}
  end;

# With -T ek the field lab.http.status of the protocol lab is called lab_lab_http_status.
def lab_fields:
  [inputs | split("\t") | select(.[0] == "F" and (.[2] | startswith("lab.")) and (.[2] | startswith("lab.expert") | not))
   | {"key": ("lab_" + (.[2] | gsub("\\."; "_"))), "value": mapping(.[2]; .[3])}]
  | from_entries;

lab_fields as $lab
| if $lab == {} then error("this tshark has no field of Lab: is the plugin installed? (./lab install)") else . end
| {
  "index_patterns": ["lab-*"],
  "template": {
    "settings": {"number_of_shards": 1},
    "mappings": {
      "dynamic": false,
      "properties": {
        "capture": {"type": "keyword"},
        "timestamp": {"type": "date", "format": "epoch_millis"},
        "layers": {
          "properties": {
            "frame": {
              "properties": {
                "frame_frame_number": {"type": "long"},
                "frame_frame_len": {"type": "long"},
                "frame_frame_time_relative": {"type": "double"}
              }
            },
            "ip": {
              "properties": {
                "ip_ip_src": {"type": "ip"},
                "ip_ip_dst": {"type": "ip"},
                "ip_ip_ttl": {"type": "short"}
              }
            },
            "ipv6": {
              "properties": {
                "ipv6_ipv6_src": {"type": "ip"},
                "ipv6_ipv6_dst": {"type": "ip"}
              }
            },
            "tcp": {
              "properties": {
                "tcp_tcp_srcport": {"type": "integer"},
                "tcp_tcp_dstport": {"type": "integer"},
                "tcp_tcp_len": {"type": "long"},
                "tcp_tcp_seq": {"type": "long"},
                "tcp_tcp_ack": {"type": "long"}
              }
            },
            "lab": {"properties": $lab}
          }
        }
      }
    }
  }
}
