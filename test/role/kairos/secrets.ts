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
  after: also-survives
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
  const journal = `
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
