# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by lab. "lab answers", "lab check", "lab grade", "lab quiz", "lab explain": labclass does the work, and starts the tshark that is made here.

# class_tools COMMAND [ARGUMENT...]: runs labclass with a tshark that has the plugin and nothing of the user's settings.
class_tools() {
    set_up b
    build_all labserver labdump lab labclass >&2
    [ -x "$LAB_LABCLASS" ] || die 1 class.none
    if [ "$1" = explain ]; then
        LAB_PROGRAM=$LAB_CALLED exec "$LAB_LABCLASS" --language "$LAB_LANG" "$@"
    fi
    check_versions
    make_home
    write_tshark
    class_status=0
    LAB_PROGRAM=$LAB_CALLED "$LAB_LABCLASS" --language "$LAB_LANG" --tshark "$lab_home/tshark" "$@" || class_status=$?
    exit "$class_status"
}

# write_tshark: $lab_home/tshark. Without extcap programs, which tshark would start each time; as nobody when we are root.
write_tshark() {
    class_reader=''
    [ "$(id -u)" -ne 0 ] || class_reader='setpriv --reuid=65534 --regid=65534 --clear-groups '
    mkdir "$lab_home/none" && cat >"$lab_home/tshark" <<EOF || exit 1
#!/bin/sh
unset XDG_CONFIG_HOME WIRESHARK_CONFIG_DIR
HOME=$(quoted "$lab_home") WIRESHARK_PLUGIN_DIR=$(quoted "$lab_home/plugins") WIRESHARK_EXTCAP_DIR=$(quoted "$lab_home/none")
export HOME WIRESHARK_PLUGIN_DIR WIRESHARK_EXTCAP_DIR
exec ${class_reader}tshark -C Lab "\$@"
EOF
    chmod 700 "$lab_home/tshark"
}
