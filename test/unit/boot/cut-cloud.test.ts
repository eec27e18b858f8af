import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const script = join(import.meta.dir, "../../../.dagger/src/boot/vm/scripts/cut-cloud.pl");
const MACHINE = Buffer.from("525400123456", "hex");
const GATEWAY = Buffer.from("52550a000202", "hex");

/** What the filter makes of frames that a machine sends: those that go on, and those that come back. */
function cut(...frames: Buffer[]) {
  const folder = mkdtempSync(join(tmpdir(), "cut-cloud-"));
  const path = (name: string) => join(folder, name);
  writeFileSync(path("sent"), Buffer.concat(frames.flatMap((frame) => [length(frame), frame])));
  const command = `perl ${script} < ${path("sent")} > ${path("passed")} 3> ${path("answered")}`;
  const ran = spawnSync("sh", ["-c", command], { encoding: "utf8", timeout: 20_000 });
  expect([ran.status, ran.stderr]).toEqual([0, ""]);
  return { passed: framesOf(readFileSync(path("passed"))), answered: framesOf(readFileSync(path("answered"))) };
}

function length(frame: Buffer): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(frame.length);
  return bytes;
}

function framesOf(stream: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < stream.length; ) {
    const end = at + 4 + stream.readUInt32BE(at);
    frames.push(stream.subarray(at + 4, end));
    at = end;
  }
  return frames;
}

/** A frame from 10.0.2.15 with IPv4, `protocol` (6 is TCP), and some bytes. */
function ipv4(to: string, protocol = 6, bytes = "9c400050000003e80000000050020000"): Buffer {
  const data = Buffer.from(bytes, "hex");
  const ip = Buffer.from("4500000000010000400000000a00020f00000000", "hex");
  ip.writeUInt16BE(20 + data.length, 2);
  ip[9] = protocol;
  Buffer.from(to.split(".").map(Number)).copy(ip, 16);
  return Buffer.concat([GATEWAY, MACHINE, Buffer.from("0800", "hex"), ip, data]);
}

function ipv6(to: string): Buffer {
  const head = Buffer.from(`6000000000040640${"fec0".padEnd(32, "0")}${to}`, "hex");
  return Buffer.concat([GATEWAY, MACHINE, Buffer.from("86dd", "hex"), head, Buffer.from("9c400050", "hex")]);
}

/** Zero over what carries its own checksum (RFC 1071). */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

test("what is for the network goes on as it is, and in its order", () => {
  const arp = Buffer.concat([Buffer.alloc(6, 0xff), MACHINE, Buffer.from("0806", "hex"), Buffer.alloc(28, 1)]);
  const frames = [
    arp,
    ipv4("10.0.2.2"),
    ipv4("255.255.255.255", 17),
    // neighbours of what is cut off
    ipv4("168.63.129.15"),
    ipv4("169.253.169.254"),
    ipv6("fd000ec2000000000000000000000253"),
    ...Array.from({ length: 2000 }, (_, at) => ipv4("192.0.2.1", 17, at.toString(16).padStart(2900, "0"))),
  ];
  const { passed, answered } = cut(...frames);
  expect(Buffer.concat(passed).equals(Buffer.concat(frames))).toBe(true);
  expect(answered).toEqual([]);
});

test("a cloud's metadata service is not reached, and the machine hears at once that it is prohibited", () => {
  const asked = [ipv4("169.254.169.254"), ipv4("168.63.129.16", 17), ipv4("169.254.42.42")];
  const { passed, answered } = cut(...asked);
  expect(passed).toEqual([]);
  expect(answered).toHaveLength(3);
  answered.forEach((frame, at) => {
    const sent = asked[at] as Buffer;
    expect(frame.subarray(0, 14).toString("hex")).toBe(`${MACHINE.toString("hex")}${GATEWAY.toString("hex")}0800`);
    const [ip, icmp] = [frame.subarray(14, 34), frame.subarray(34)];
    expect([checksum(ip), checksum(icmp)]).toEqual([0, 0]);
    expect([ip.readUInt16BE(2), ip[9], ip.subarray(16).toString("hex")]).toEqual([frame.length - 14, 1, "0a00020f"]);
    // unreachable, administratively prohibited; then what it was, so that the machine knows which of its calls
    expect(icmp.subarray(0, 8).toString("hex")).toMatch(/^030d....00000000$/);
    expect(icmp.subarray(8).equals(sent.subarray(14, 42))).toBe(true);
  });
});

test("neither is one over IPv6; and what is no call gets no answer", () => {
  const aws = "fd000ec2000000000000000000000254";
  const google = "fd2000ce000000000000000000000254";
  expect(cut(ipv6(aws), ipv6(google), ipv4("169.254.169.254", 1, "0800000000000000"))).toEqual({
    passed: [],
    answered: [],
  });
});

test("it ends where the machine has ended with more unread than a pipe holds", () => {
  const folder = mkdtempSync(join(tmpdir(), "cut-cloud-"));
  const frame = ipv4("192.0.2.1", 17, "00".repeat(1400));
  const frames = Array.from({ length: 60 }, () => [length(frame), frame]).flat();
  writeFileSync(join(folder, "sent"), Buffer.concat(frames));
  const command = `mkfifo passed answered && exec perl ${script} < sent 1<> passed 3<> answered`;
  const ran = spawnSync("sh", ["-c", command], { cwd: folder, encoding: "utf8", timeout: 15_000 });
  expect([ran.status, ran.stderr]).toEqual([0, ""]);
}, 20_000);
