# What may leave of a configuration in YAML or INI: its keys, and the values of the keys in keys.txt. Of a command its
# program. Comments go: people keep old passwords there.
function redacted(what, at) {
    print what "[redacted]"
    inblock = 1 # and with it all that is indented deeper
    blockcolumn = at
}
BEGIN { while ((getline line < keys) > 0) if (line !~ /^#/) for (i = split(line, words, " "); i; i--) may[words[i]] = 1 }
{ sub(/\r$/, "") }
NR == 1 || /^==> .* <==$/ { inblock = 0; parent = ""; parentcolumn = 0; closed = -1 }
/^==> .* <==$/ || /^#cloud-config$/ || /^\[[A-Za-z0-9 ._-]+\]$/ || /^[ \t]*[]}]+,?$/ { print; next }
/^[ \t]*([#;].*)?$/ { next }
{
    match($0, /^[ \t]*/)
    start = RLENGTH
    if (inblock && start > blockcolumn) next
    inblock = 0
}
{
    match($0, /^[ \t]*(-[ \t]+)*/)
    column = RLENGTH
    lead = substr($0, 1, column)
    text = substr($0, column + 1)
    item = (lead ~ /-/)
    if (start < closed || (start == closed && !item)) closed = -1
}
match(text, /^(export )?["']?[A-Za-z0-9_.-]+["']?[ \t]*[:=]/) {
    head = substr(text, 1, RLENGTH)
    value = substr(text, RLENGTH + 1)
    key = tolower(head)
    gsub(/^export |["' \t:=]/, "", key)
    if (value ~ /^[ \t]*{?[ \t]*$/) {
        print
        parent = key
        parentcolumn = column
        # Below these a name is not what it is elsewhere.
        if (closed < 0 && key ~ /^(env|environment|(string)?data|auths?|secrets?|credentials?)$/) closed = column
    } else if (closed < 0 && (key in may) && value ~ /^[^|>&*!{]*$/) print
    else redacted(lead head " ", column)
    next
}
item && closed < 0 && start >= parentcolumn && (parent in may) && text ~ /^[^|>&*!{]*$/ { print; next }
item && closed < 0 && parent ~ /^(commands|runcmd|bootcmd)$/ && match(text, /^[A-Za-z\/][A-Za-z0-9\/._-]* /) {
    redacted(lead substr(text, 1, RLENGTH), start)
    next
}
{ redacted(lead, start) }
