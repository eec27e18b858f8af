import { allowsNoUsers, commandsOf, LOCKED, usersOf } from "../../cloudconfig/facts.js";
import { entries, type Finding, type Rule } from "./rule.js";

export const hasAUser: Rule = {
  id: "node/has-a-user",
  severity: "error",
  reason:
    "kairos-agent refuses to install without a user in the group admin, install.nousers or /etc/kairos/.nousers " +
    "(https://github.com/kairos-io/kairos/issues/2962)",
  find({ node, cloud }) {
    // What cannot be read has problems of its own, and may be what says that there is no user.
    if (!cloud || node.install === undefined || node.files === undefined) return [];
    const users = usersOf(cloud);
    if (users.some((user) => user.admin)) return [];
    if (allowsNoUsers(cloud) || node.install?.nousers === true) return [];
    if (entries(node.files).some(([, file]) => file.path === "/etc/kairos/.nousers")) return [];
    return [
      {
        file: cloud.file,
        span: users[0]?.span ?? cloud.keySpan([]),
        message: "Nobody can administer this node, so the installer refuses it",
        found: users.length === 0 ? "no users" : `users outside admin: ${users.map((user) => user.name).join(", ")}`,
        expected: "a user with groups: [admin], or install.nousers: true",
      },
    ];
  },
};

export const noDefaultPassword: Rule = {
  id: "cloud-config/no-default-password",
  severity: "error",
  reason: "an image is the same for everybody who can pull it, and so is a password in it, hashed or not; use SSH keys",
  find({ cloud }) {
    if (!cloud) return [];
    const { file } = cloud;
    const findings: Finding[] = usersOf(cloud).flatMap(({ name, passwd }) =>
      passwd === undefined || LOCKED.test(passwd.value)
        ? []
        : [
            {
              file,
              span: passwd.span,
              message: `The user ${name} has a password in the image`,
              found: /^\$\w+\$/.test(passwd.value) ? "a hashed password" : "a password in plain text",
              expected: "ssh_authorized_keys and no password",
            },
          ],
    );
    for (const { value, span } of commandsOf(cloud)) {
      if (!/\bchpasswd\b|\bpasswd\s+--stdin\b|\busermod\b.*\s(-p|--password)\b/.test(value)) continue;
      findings.push({
        file,
        span,
        message: "A command sets a password",
        found: "chpasswd, passwd --stdin or usermod -p",
        expected: "ssh_authorized_keys and no password",
      });
    }
    return findings;
  },
};
