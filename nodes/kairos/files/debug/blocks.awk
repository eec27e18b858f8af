# Secrets that span lines: private keys, and in a YAML file the value of a key that names.sed has marked, with all lines
# that are indented deeper.
BEGIN { named = "^[ \t-]*[\"']?[A-Za-z0-9_. -]*\002[A-Za-z0-9_. \002-]*[\"']?[ \t]*:([ \t]|$)" }
{ sub(/\r$/, "") }
/-----BEGIN [A-Z0-9 ]*PRIVATE KEY/ {
    print "[redacted: a private key]"
    # A key whose end was cut off (a log's last line) takes the rest of the text with it.
    inkey = ($0 !~ /-----END [A-Z0-9 ]*PRIVATE KEY/)
    next
}
inkey {
    if ($0 ~ /-----END [A-Z0-9 ]*PRIVATE KEY/) inkey = 0
    next
}
{
    match($0, /^[ \t-]*/)
    depth = RLENGTH
}
inblock {
    if ($0 ~ /^[ \t]*$/ || depth > blockdepth) next
    inblock = 0
}
$0 ~ named {
    sub(/:.*/, ": [redacted]")
    print
    inblock = 1
    blockdepth = depth
    next
}
{ print }
