import { randomBytes } from "node:crypto";

/** A secret that no filter can know by heart: letters and digits of this run alone. */
const fresh = (length = 14) =>
  randomBytes(40)
    .toString("base64")
    .replace(/[^A-Za-z0-9]/g, "x")
    .slice(0, length);
const base64 = (bytes: number) => randomBytes(bytes).toString("base64");
const pem = (kind: string) =>
  [`-----BEGIN ${kind}-----`, ...(base64(300).match(/.{1,64}/g) ?? []), `-----END ${kind}-----`].join("\n");
const indent = (text: string, by: string) => text.replace(/^/gm, by);

/** Files with secrets as people leave them on machines, and the secrets: no part of one may be in a report. */
export function planted(): { files: Record<string, string>; journal: string; secrets: string[] } {
  const secrets: string[] = [];
  const secret = (value = fresh()) => {
    secrets.push(value);
    return value;
  };
  const key = (kind = "OPENSSH PRIVATE KEY") => {
    const text = pem(kind);
    secrets.push(...text.split("\n").slice(1, -1));
    return text;
  };
  const jwt = () => secret(`eyJ${fresh(20)}.eyJ${fresh(30)}.${fresh(20)}`);
  const long = () => secret(base64(400));
  const files = {
    "/proc/cmdline": `BOOT_IMAGE=/boot/vmlinuz quiet ds_password=${secret()} token=${secret()}\n`,
    "/etc/kairos-release": `KAIROS_ID="kairos"\nKAIROS_VERSION="v1"\n`,
    "/oem/90_custom.yaml": `#cloud-config
hostname: survives
users:
  - name: alice
    passwd: ${secret()}
    ssh_authorized_keys: [github:alice]
  - name: bob
    passwd: "$6$${secret()}$${secret(fresh(80))}"
p2p:
  network_token: ${long()}
k0s:
  token: |
    ${secret()}
    ${secret()}
  enabled: also-survives
api_key: >-
    ${secret()}
multi_password: "${secret()}
  ${secret()}"
plain_secret: ${secret()}
  ${secret()}
write_files:
  - path: /etc/app.conf
    permissions: "0600"
    content: |
      anything = ${secret()}
${indent(key(), "      ")}
  - path: /etc/b64
    encoding: b64
    content: ${secret(base64(20))}
credentials:
- ${secret()}
`,
    "/oem/91_crlf.yaml": `token: |\r\n  ${secret()}\r\nname: crlf-survives\r\n`,
    "/oem/99_kubeconfig.yaml": `users:
- name: admin
  user:
    client-certificate-data: ${long()}
    client-key-data: ${long()}
- name: robot
  user: {token: ${jwt()}, x: 1}
clusters:
- cluster:
    server: https://admin:${secret()}@10.0.0.1:6443
`,
    "/etc/kairos/install.yaml": `install:\n  image: "oci:registry.example/x"\nregistry_auth: {username: u, password: '${secret()}'}\n`,
    "/etc/netplan/50-wifi.yaml": `network:
  wifis:
    wlan0:
      access-points:
        "home-survives":
          password: "${secret()} with spaces ${secret()}"
          auth:
            key-management: psk
`,
    "/etc/wpa_supplicant/wpa.conf": `network={\n  ssid="lab-survives"\n  psk="${secret()}"\n  #psk=${secret()}\n  wep_key0=${secret()}\n}\n`,
    "/etc/NetworkManager/system-connections/home": `[wifi-security]\nkey-mgmt=wpa-psk\npsk=${secret()}\n[vpn]\nPrivateKey=${secret()}\npreshared-key=${secret()}\n`,
    "/etc/systemd/network/50-wg.netdev": `[WireGuard]\nPrivateKey=${secret(base64(32))}\n[WireGuardPeer]\nPresharedKey=${secret(base64(32))}\nPublicKey=x\n`,
  };
  Object.assign(files, idioms(secret), network(secret));
  const journal = `${ran(secret)}
2026-11-01T00:00:00 host curl[1]: GET https://bob:${secret()}@example.com/a?x=1&access_token=${secret()}&y=2
2026-11-01T00:00:01 host app[2]: Authorization: Bearer ${jwt()}
2026-11-01T00:00:02 host app[2]: sent header "authorization":"Basic ${secret(base64(20))}" done
2026-11-01T00:00:03 host app[2]: run: tool --password ${secret()} --token=${secret()} --verbose
2026-11-01T00:00:04 host app[2]: {"user":"u","password":"${secret()}","secretKey": "${secret()}"}
2026-11-01T00:00:05 host git[3]: using ghp_${secret(fresh(36))} and glpat-${secret(fresh(20))} and hf_${secret(fresh(30))}
2026-11-01T00:00:06 host aws[3]: AKIA${secret("Q7B2K9D4M1X8C3V6")} AGE-SECRET-KEY-1${secret("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L")}
2026-11-01T00:00:07 host k0s[4]: join with ${secret("abc123.0123456789abcdef")} or ${secret(`H4sI${base64(300).replace(/=/g, "")}`)}
2026-11-01T00:00:08 host x[4]: <password>${secret()}</password>
2026-11-01T00:00:09 host x[4]: machine example.com login u password ${secret()}
2026-11-01T00:00:10 host x[4]: MYSQL_PASSWORD=${secret()} DB_SECRET='${secret()}' started
2026-11-01T00:00:11 host y[5]: image sha256:87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7 pulled
2026-11-01T00:00:12 host y[5]: error in /usr/lib/modules/6.8.0-31-generic/kernel/drivers/net/ethernet/intel/e1000e/e1000e.ko.zst
${indent(key("RSA PRIVATE KEY"), "2026-11-01T00:00:13 host z[6]: ")}
2026-11-01T00:00:14 host z[6]: after-the-key
${key("PGP PRIVATE KEY BLOCK")}
${indent(key("EC PRIVATE KEY").split("\n").slice(0, -1).join("\n"), "2026-11-01T00:00:15 host cut[7]: ")}
`;
  return { files, journal, secrets };
}

type Secret = (value?: string) => string;

/** One secret in each place of a cloud-config and beside it where people keep one. */
function idioms(secret: Secret): Record<string, string> {
  return {
    "/oem/95_idioms.yaml": `#cloud-config
# the old password was ${secret()}
name: idioms-survive
stages:
  boot:
    - name: "Step survives"
      if: '[ "$(cat /run/x)" = ${secret()} ]'
      commands:
        - tailscale up --authkey=tskey-auth-${secret()}
        - tailscale up --authkey ${secret()}
        - echo "kairos:${secret()}" | chpasswd
        - |
          # a script
          login ${secret()}
        - PW=${secret()} /usr/bin/program-a
        - mysql -u root -p${secret()} -e "show tables"
        - [sh, -c, "echo ${secret()}"]
      environment:
        DB_PASS: "${secret()}"
        name: ${secret()}
        path: "${secret()}"
      environment_file: /etc/x
      files:
      - path: /etc/survives.conf
        permissions: 0600
        owner_string: ${secret()}
        content: ${secret()}
      - path: /etc/other
        content: >
          ${secret()}

          ${secret()}
      dns:
        nameservers: [192.0.2.53]
  network:
  - commands:
    - sshpass -p ${secret()} ssh host
    - usermod -p ${secret()} kim
    name: Unindented-survives
runcmd:
- systemctl-survives ${secret()}
k3s:
  enabled: true
  args:
  - --token=${secret()}
  - --datastore-endpoint=mysql://u:${secret()}@tcp(h)/x
  env:
    K3S_DATASTORE: ${secret()}
k0s:
  args: [--token-file, ${secret()}]
  env: {name: ${secret()}}
p2p:
  dns: true
  auto:
    ha:
      external_db: ${secret()}
kcrypt:
  challenger:
    mdns: true
    challenger_server: "http://${secret()}.example"
    nv_index: ${secret()}
install:
  device: /dev/survives
  encrypted_partitions: [COS_PERSISTENT]
  extra: {luks: ${secret()}, name: ${secret()}}
  webhook_url: https://hooks.slack.com/services/T0/B0/${secret()}
wifi: {ssid: home, key: ${secret()}}
pin: ${secret()}
otp: ${secret()}
some_thing: first
  ${secret()}
bundles:
  - targets:
      - run://quay.io/${secret()}
`,
    "/oem/a.env": `export SMTP_PASS=${secret()}\nENCRYPTIONKEY=${secret()}\nFOO='${secret()} ${secret()}'\n#OLD=${secret()}\nMYSQL_PWD=${secret()}\n`,
    "/run/cos/cos-layout.env": `VOLUMES="LABEL=COS_PERSISTENT:/usr/local"\nRW_PATHS="/var /etc"\nTOKEN=${secret()}\n`,
    "/run/immucore/immucore.log": `2026-11-01T00:00:00Z INF immucore-survives\nDBG cmdline rd.neednet=1 netroot=iscsi:u:${secret()}@192.0.2.1::3260 ds_password=${secret()}\n`,
    "/var/log/kairos/agent.log": `{"level":"debug","message":"agent-survives"}
{"level":"debug","message":"running","commands":["echo kairos:${secret()} | chpasswd"]}
{"level":"debug","config":"{\\"users\\":{\\"kairos\\":{\\"passwd\\":\\"${secret()}\\"}}}"}
DBG stage Commands:[login ${secret()}] Environment:map[A:${secret()}]
`,
  };
}

function network(secret: Secret): Record<string, string> {
  return {
    "/etc/netplan/60-wifi.yaml": `network:
  version: 2
  wifis:
    wlan0:
      dhcp4: true
      access-points:
        lab: {password: ${secret()}}
        uni:
          auth:
            method: ${secret()}
            identity: ${secret()}
`,
    "/etc/wpa_supplicant/eap.conf": `network={\n  ssid="eap-survives"\n  identity="${secret()}"\n  pin="${secret()}"\n  pac_file="blob://${secret()}"\n}\n`,
    "/etc/NetworkManager/system-connections/vpn": `[connection]\nid=vpn-survives\n[vpn-secrets]\nXauth=${secret()}\n[vpn]\nuser-name=${secret()}\n; note ${secret()}\n`,
  };
}

/** Lines of a journal, one idiom each, as programs write them. */
function ran(secret: Secret): string {
  const pw = () => secret();
  const mixed = () => secret(`Ab1${fresh(20)}Cd2`);
  const lines = [
    `sudo[1]:  kim : TTY=pts/0 ; PWD=/home/kim ; USER=root ; COMMAND=/usr/bin/mysql-survives -u root -p${pw()}`,
    `sudo[1]:  kim : TTY=pts/0 ; PWD=/home/kim ; USER=root ; ENV=A=${pw()} ; COMMAND=/usr/bin/program-b ${pw()}`,
    `sudo[1]:  kim : COMMAND=/usr/bin/curl -u kim:${pw()} https://x.example`,
    `pkexec[1]: kim: Executing command [USER=root] [TTY=unknown] [CWD=/] [COMMAND=/usr/bin/program-c ${pw()}]`,
    `CRON[2]: (root) CMD (/usr/bin/backup-survives ${pw()})`,
    `systemd[1]: Started run-r1a2b.service - /usr/bin/program-d ${pw()}.`,
    `audit[3]: EXECVE argc=2 a0="program" a1="${pw()}"`,
    `audit: PROCTITLE proctitle=${secret("6375726C002D75006B696D3A7077")}`,
    `app[4]: curl -u kim:${pw()} https://x.example`,
    `app[4]: restarting with --user kim:${pw()} --quiet`,
    `app[4]: program-e -p ${pw()} -x`,
    `app[4]: --secret-key ${pw()} --access-key ${pw()}`,
    `app[4]: --pin ${pw()}`,
    `app[4]: --auth-key ${pw()}`,
    `app[4]: openssl enc -aes256 -pass pass:${pw()}`,
    `app[4]: wg set wg0 peer x preshared-key ${pw()}`,
    `app[4]: posting to https://hooks.slack.com/services/T00/B00/${pw()}`,
    `app[4]: posting to https://discord.com/api/webhooks/123456/${pw()}`,
    `app[4]: posting to https://api.telegram.org/bot12345678:${secret(`AA${fresh(33)}`)}/send`,
    `app[4]: telegram 123456789:${secret(`AA${fresh(33)}`)}`,
    `app[5]: - name: DB_PASSWORD`,
    `app[5]: {name: TOKEN, value: ${pw()}}`,
    `app[5]: {"name":"API","value":"${pw()}"}`,
    `app[5]: {"auths":{"ghcr.io":{"auth":"${secret(fresh(24))}"}}}`,
    `app[5]: auth: ${pw()}`,
    `app[5]: "key": "${pw()}"`,
    `app[5]: Cookie: session=${pw()}`,
    `app[5]: session=${pw()}`,
    `app[5]: pwd: ${pw()}`,
    `app[5]: encryptionKey: ${pw()}`,
    `app[5]: mount -t cifs -o username=kim,pass=${pw()} //nas/x`,
    `app[5]: http://u:p@${pw()}@host/path`,
    `app[5]: \\"password\\":\\"${pw()}\\"`,
    `app[5]: DB_DSN=kim:${pw()}@tcp(db)/x`,
    `app[6]: hash $apr1$${fresh(8)}$${secret(fresh(22))} and {SSHA}${secret(fresh(32))}`,
    `app[6]: hvs.${pw()} glsa_${pw()} AIza${secret(fresh(35))} pypi-${pw()} sk_live_${pw()} tk_${pw()}`,
    `app[6]: a word that nobody knows ${mixed()} and https://x.example/hooks/${mixed()}`,
    `k3s[6]: joining K10${"0123456789abcdef".repeat(4)}::server:${secret("fedcba9876543210fedc")}`,
    `app[6]: derived ${secret("0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0")}`,
  ];
  const stamped = lines.map((line) => `2026-11-01T00:00:00 host ${line}`);
  // As a program prints a manifest into a terminal: without stamps.
  const idiom = `- name: DB_PASSWORD\n  value: ${pw()}\n- name: OTHER\n  value: |\n    ${pw()}\n`;
  return `${stamped.join("\n")}\n${idiom}`;
}
