# Words that nobody made up: 20 letters and digits or more, with two capitals, two small letters and two digits at least.
# Digests, UUIDs and serial numbers have letters of one kind.
BEGIN {
    for (i = 0; i < 20; i++) long = long "[A-Za-z0-9+]"
}
function many(word, letters) { return gsub(letters, "", word) >= 2 }
$0 ~ long {
    rest = $0
    $0 = ""
    while (match(rest, /[A-Za-z0-9+]+/)) {
        word = substr(rest, RSTART, RLENGTH)
        odd = RLENGTH >= 20 && many(word, "[A-Z]") && many(word, "[a-z]") && many(word, "[0-9]")
        $0 = $0 substr(rest, 1, RSTART - 1) (odd ? "[redacted]" : word)
        rest = substr(rest, RSTART + RLENGTH)
    }
    $0 = $0 rest
}
{ print }
