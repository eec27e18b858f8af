# Marks each name that tells of a secret with the byte 2, for blocks.awk and lines.sed. GNU sed, extended expressions.
s,[\x01\x02],,g
# sudo's "; PWD=/home/kim" is a folder; a digest is no host after a password.
s,; PWD=/,; CWD=/,g
s,@(sha256:[0-9a-f]{64}),\x01\1,g
# Anywhere in a name: DB_PASSWORD, secretRef, mysql_pwd.
s,passw[a-z]*|passphrase|passcode|pwd|secret|token|psk|pre-?shared|credential|cookie|webhook|mnemonic,&\x02,gI
# At the end of a part of a name: ENCRYPTIONKEY, smtpPass, api_keys_file; a part of its own: pin.
s,(keys?|pass|auths?|authorization|client-[a-z-]+-data)([^a-z0-9]|$),\1\x02\2,gI
s,((^|[^a-z0-9])(pin|otp|pw|dsn|creds?|contents?))([^a-z0-9]|$),\1\x02\4,gI
# Kubernetes' way to say it: name: DB_PASSWORD, value: x.
s,(^[[:space:]-]*["']?values?)(["']?:),\1\x02\2,I
s/([,{][[:space:]]*["']?value)(["']?[[:space:]]*:)/\1\x02\2/gI
