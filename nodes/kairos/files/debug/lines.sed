# Secrets in one line, after names.sed. GNU sed, extended expressions.
s,.*\bchpasswd\b.*,[redacted: a line with chpasswd],
# What somebody ran: the program stays. sudo, cron, audit, systemd-run, and programs that take a password as any word.
s,\bENV=.*( ; COMMAND=),ENV=[redacted]\1,
s,(\bCOMMAND=[^[:space:]]+|\bCMD \(+[^[:space:]]+|\brun-[a-z0-9-]+\.(service|scope|timer)\b)[[:space:]].*,\1 [redacted],I
s,\b((commands|runcmd|environment|stringdata)[\\"']*[[:space:]]*[:=]).+,\1 [redacted],I
s,\b((proctitle|cmd|a[0-9]+)=).+,\1[redacted],
s,\b(curl|sshpass|usermod|useradd|htpasswd|openssl|mysql[a-z]*|mariadb[a-z-]*|psql|redis-cli|mosquitto_[a-z]+|smbclient|ldap[a-z]+|ipmitool|snmp[a-z]+|7z|zip|unzip|kinit|expect|iscsiadm|nmcli|wg|wpa_passphrase|tailscale|vault|restic|rclone) +[^[:space:]].*,\1 [redacted],
s,((^|[[:space:]])(-u|-U|--user|--proxy-user)[[:space:]=]*)[^[:space:]:%]+[:%][^[:space:]].*,\1[redacted],
s,((^|[[:space:]])-p)[[:space:]]*[^[:space:]-].*,\1 [redacted],
# In addresses: all before the last @, and values that tell among those after the question mark.
s,([a-z][a-z0-9+.-]*://)[^[:space:]"'<>]*@,\1[redacted]@,gI
s,[a-z0-9._%+-]+:[^][:space:]@/"',]+@([a-z0-9]),[redacted]@\1,gI
s,([?&][a-z0-9_.-]*(\x02[a-z0-9_.-]*|sig|signature|code|session|state)=)[^&[:space:]"']+,\1[redacted],gI
s,(hooks\.slack\.com|discord(app)?\.com/api/webhook\x02s|webhook\x02\.office\.com|hc-ping\.com|maker\.ifttt\.com)/[^[:space:]"']*,\1/[redacted],gI
# What a marked name is the name of, to the line's end: values hold spaces, quotes and commas. A space is enough after an
# option, and after words like netrc's password.
s,(<[^/>]*\x02[^>]*>)[^<]+,\1[redacted],gI
s,\x02([]a-z0-9_.\x02-]*[\\"']*[[:space:]]*[:=]+>?).+,\1 [redacted],I
s,((^|[[:space:]])--?[a-z0-9_.-]*\x02[a-z0-9_.\x02-]*[[:space:]]+)[^[:space:]].*,\1[redacted],I
s,((passw(or)?d|passphrase|secret|token|psk|-key|apikey|authkey)\x02[[:space:]]+)[^[:space:]].*,\1[redacted],I
s,\b((bearer|basic)[[:space:]]+)[a-z0-9._~+/=-]+,\1[redacted],gI
s,\b(session(_?id)?=).+,\1[redacted],I
# Shapes that need no name: hashes of passwords, tokens of services by what they begin with, JSON web tokens, the
# bootstrap tokens of Kubernetes and k3s, digests of nothing that is named, and long runs of base64.
s,(\$(1|2[aby]|5|6|7|y|gy|argon2[a-z]*|apr1|pbkdf2[a-z0-9-]*|scrypt)\$|\{S?SHA[0-9]*\})[^:[:space:]"']+,[redacted],g
s,\b(gh[pousr]_|github_pat_|gl[a-z]{2\,4}-|xox[abeoprs]-|xapp-|hf_|[srp]k[-_]|sk_live_|whsec_|npm_|pypi-|dckr_pat_|dop_v1_|tskey-|tk_|hv[sb]\.|gl(sa|c)_|AIza|ya29\.|SG\.|shpat_|lin_api_|ntn_|ATATT|PMAK-|NRAK-)[A-Za-z0-9_.-]{8\,},[redacted],g
s,\b(AKIA|ASIA)[A-Z0-9]{12\,},[redacted],g
s,AGE-SECRET\x02?-KEY\x02?-1[A-Z0-9]+,[redacted],g
s,\b(bot)?[0-9]{8\,10}:[A-Za-z0-9_-]{30\,},[redacted],g
s,\beyJ[A-Za-z0-9_-]{8\,}\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*)?,[redacted],g
s,\b([a-z0-9]{6}\.[a-z0-9]{16}|K10[0-9a-f]{64}::.*)\b,[redacted],g
s,(^|[^:0-9A-Za-z])[0-9a-fA-F]{64}\b,\1[redacted],g
# A path of that length starts with a slash, and a base64 that does has a plus or an equals sign.
s,(^|[^A-Za-z0-9+/=_-])[A-Za-z0-9+][A-Za-z0-9+/_-]{79\,}={0\,2},\1[redacted],g
s,(^|[^A-Za-z0-9+/=_-])/[A-Za-z0-9/]*[+=][A-Za-z0-9+/=]{40\,},\1[redacted],g
s,(^|[^A-Za-z0-9+/=_.-])[A-Za-z0-9+/]{32\,}={1\,2}($|[^A-Za-z0-9=]),\1[redacted]\2,g
s,\x01,@,g
s,\x02,,g
