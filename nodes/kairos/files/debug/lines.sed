# Secrets in one line. GNU sed, extended expressions.
# In addresses: user and password before the host, and a secret among the values after the question mark.
s,([a-z][a-z0-9+.-]*://)[^/@[:space:]"']+@,\1[redacted]@,gI
s,([?&][a-z0-9_.-]*(passw|secret|token|sig|signature|key|credential|auth|code)[a-z0-9_.-]*=)[^&[:space:]"']+,\1[redacted],gI
# A name that tells, then everything to the line's end: values hold spaces, quotes and commas. = : and a plain space
# (--token x, netrc's password x).
s,(authorization|passw[a-z]*|passphrase|secret|psk|pre-?shared[a-z_-]*|credentials?|api-?key|private-?key|[a-z0-9]+[_-]key[a-z0-9_-]*|client-[a-z-]+-data|content)(["']?[[:space:]]*[:=]).+,\1\2 [redacted],I
s,([a-z0-9_-]*(secret|token|passw|credential|psk)[a-z0-9_-]*["']?[[:space:]]*[:=]).+,\1 [redacted],I
s,((^|[[:space:]]|--?)[a-z0-9_-]*(passw(or)?d|passphrase|secret|token|api-?key|psk)[[:space:]]+)[^[:space:]]+.*,\1[redacted],I
s,\b(bearer|basic)[[:space:]]+[a-z0-9._~+/=-]+,\1 [redacted],gI
s,(<[^/>]*(passw|secret|token|key)[^>]*>)[^<]+,\1[redacted],gI
# Shapes that need no name: password hashes, tokens of GitHub, GitLab, Slack, AWS, Hugging Face, OpenAI, age, JSON web
# tokens, the bootstrap tokens of Kubernetes, and long runs of base64 (k0s's join tokens, keys, certificates).
s,\$(1|2[aby]|5|6|7|y|gy|argon2[a-z]*)\$[^:[:space:]"']+,[redacted],g
s,\b(gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|hf_|sk-|npm_|dckr_pat_)[A-Za-z0-9_-]{8\,},[redacted],g
s,\b(AKIA|ASIA)[A-Z0-9]{12\,},[redacted],g
s,AGE-SECRET-KEY-1[A-Z0-9]+,[redacted],g
s,\beyJ[A-Za-z0-9_-]{8\,}\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*)?,[redacted],g
s,\b[a-z0-9]{6}\.[a-z0-9]{16}\b,[redacted],g
# A path of that length starts with a slash, and a base64 that does has a plus or an equals sign.
s,(^|[^A-Za-z0-9+/=_-])[A-Za-z0-9+][A-Za-z0-9+/_-]{79\,}={0\,2},\1[redacted],g
s,(^|[^A-Za-z0-9+/=_-])/[A-Za-z0-9/]*[+=][A-Za-z0-9+/=]{40\,},\1[redacted],g
