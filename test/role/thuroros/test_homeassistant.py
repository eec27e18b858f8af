"""MQTT for Home Assistant, with the real paho client against a broker that knows just enough of MQTT 3.1.1."""

import json
import socket
import threading
import time
import unittest
from collections.abc import Callable

from doorbell.config import Config
from doorbell.homeassistant import HomeAssistant


class Broker:
    """Accepts one client after the other and remembers what they publish: topic -> (payload, retained)."""

    def __init__(self, code: int = 0, port: int = 0) -> None:
        self.code = code
        self.got: dict[str, tuple[str, bool]] = {}
        self.clients: list[socket.socket] = []
        self.server = socket.create_server(("127.0.0.1", port))
        self.port = self.server.getsockname()[1]
        self.serving = threading.Thread(target=self._serve, daemon=True)
        self.serving.start()

    def close(self) -> None:
        # A thread in accept() is not woken by close(), and where the kernel starts that call again it takes connections
        # from whatever listens under the same number by then: the pretended mowa of a later test.
        self.server.shutdown(socket.SHUT_RDWR)
        self.serving.join(10)
        assert not self.serving.is_alive()
        self.server.close()
        for client in self.clients:
            client.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            self.clients.append(client)
            threading.Thread(target=self._client, args=(client,), daemon=True).start()

    def _client(self, client: socket.socket) -> None:
        with client:
            stream = client.makefile("rb")
            try:
                while head := stream.read(1):
                    length, shift = 0, 0
                    while True:
                        byte = stream.read(1)[0]
                        length |= (byte & 127) << shift
                        shift += 7
                        if byte < 128:
                            break
                    self._packet(client, head[0], stream.read(length))
            except (OSError, IndexError):
                return

    def _packet(self, client: socket.socket, head: int, body: bytes) -> None:
        kind = head >> 4
        if kind == 1:
            client.sendall(bytes([0x20, 2, 0, self.code]))
        elif kind == 3:
            size = int.from_bytes(body[:2], "big")
            topic, rest = body[2 : 2 + size].decode(), body[2 + size :]
            if head & 6:
                client.sendall(b"\x40\x02" + rest[:2])
                rest = rest[2:]
            self.got[topic] = (rest.decode(), bool(head & 1))
        elif kind == 12:
            client.sendall(b"\xd0\x00")


def until(true: Callable[[], object]) -> bool:
    end = time.monotonic() + 10
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


class Mqtt(unittest.TestCase):
    def setUp(self) -> None:
        self.home = HomeAssistant()
        self.addCleanup(self.home.close)

    def config(self, port: int, **values: object) -> Config:
        return Config(mqtt=True, mqtt_host="127.0.0.1", mqtt_port=port, **values)  # type: ignore[arg-type]

    def test_it_is_off_by_default(self) -> None:
        self.home.apply(Config())
        self.home.rang(1)
        self.assertEqual(self.home.state, "off")

    def test_discovery_rings_and_the_queue(self) -> None:
        broker = Broker()
        self.addCleanup(broker.close)
        self.home.apply(self.config(broker.port))
        self.assertTrue(until(lambda: "thuroros/doorbell/online" in broker.got))
        topic = "homeassistant/event/thuroros_doorbell/config"
        found, retained = json.loads(broker.got[topic][0]), broker.got[topic][1]
        self.assertTrue(retained)
        self.assertEqual(
            (found["device_class"], found["event_types"], found["state_topic"]),
            ("doorbell", ["press"], "thuroros/doorbell/ring"),
        )
        self.home.rang(7)
        self.home.queue(3)
        self.assertTrue(until(lambda: {"thuroros/doorbell/ring", "thuroros/doorbell/queue"} <= set(broker.got)))
        self.assertEqual(broker.got["thuroros/doorbell/ring"], (json.dumps({"event_type": "press", "ring": 7}), False))
        self.assertEqual(broker.got["thuroros/doorbell/queue"], ("3", True))

    def test_a_change_of_any_setting_of_mqtt_is_applied_and_of_no_other(self) -> None:
        broker = Broker()
        self.addCleanup(broker.close)
        self.home.apply(self.config(broker.port))
        self.assertTrue(until(lambda: self.home.state == "connected"))
        for values in ({"mqtt_discovery": "ha"}, {"mqtt_user": "bell"}, {"mqtt_user": "bell", "mqtt_password": "1"}):
            before = len(broker.clients)
            for same in (values, values, {**values, "line": 24}):
                self.home.apply(self.config(broker.port, **same))
            self.assertTrue(until(lambda: self.home.state == "connected"))
            self.assertEqual(len(broker.clients), before + 1, values)
            if "mqtt_discovery" in values:
                self.assertTrue(until(lambda: "ha/sensor/thuroros_doorbell_queue/config" in broker.got))

    def test_no_broker_blocks_nothing_and_old_rings_are_not_told_later(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        begun = time.monotonic()
        self.home.apply(self.config(port))
        self.home.rang(1)
        self.home.queue(1)
        self.assertLess(time.monotonic() - begun, 0.5)
        broker = Broker(port=port)
        self.addCleanup(broker.close)
        self.assertTrue(until(lambda: "thuroros/doorbell/online" in broker.got))
        time.sleep(0.3)
        self.assertNotIn("thuroros/doorbell/ring", broker.got)

    def test_a_broker_that_refuses_is_named(self) -> None:
        broker = Broker(code=5)
        self.addCleanup(broker.close)
        self.home.apply(self.config(broker.port))
        self.assertTrue(until(lambda: "refuses" in self.home.state), self.home.state)

    def test_switching_it_off(self) -> None:
        broker = Broker()
        self.addCleanup(broker.close)
        self.home.apply(self.config(broker.port))
        self.assertTrue(until(lambda: self.home.state == "connected"))
        self.home.apply(Config())
        self.assertEqual(self.home.state, "off")


if __name__ == "__main__":
    unittest.main()
