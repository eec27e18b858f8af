"""Rings for Home Assistant over MQTT, with discovery. Optional: python3-paho-mqtt, and off unless [mqtt] says so.

Best effort on purpose: an event that arrives after the broker was away for an hour would set off automations for
somebody who has long left, so nothing is queued here. Messages are mowa's job, and those are queued.
"""

import json
import logging
import threading
from typing import Any

from doorbell.config import READERS, Config

BASE = "thuroros/doorbell"
log = logging.getLogger("doorbell")


def discovery(prefix: str) -> dict[str, dict[str, object]]:
    """The retained discovery messages, by topic: the bell as an event, the queue's length as a sensor."""
    shared: dict[str, object] = {
        "availability_topic": f"{BASE}/online",
        "device": {"identifiers": ["thuroros"], "name": "ThurorOS", "model": "Doorbell relay"},
    }
    return {
        f"{prefix}/event/thuroros_doorbell/config": {
            **shared,
            "name": "Doorbell",
            "unique_id": "thuroros_doorbell",
            "device_class": "doorbell",
            "event_types": ["press"],
            "state_topic": f"{BASE}/ring",
        },
        f"{prefix}/sensor/thuroros_doorbell_queue/config": {
            **shared,
            "name": "Doorbell queue",
            "unique_id": "thuroros_doorbell_queue",
            "entity_category": "diagnostic",
            "state_topic": f"{BASE}/queue",
        },
    }


class HomeAssistant:
    """One connection to the broker; paho's own thread keeps it up, nothing here blocks."""

    def __init__(self) -> None:
        self.state = "off"
        self._client: Any = None
        self._key: tuple[object, ...] = ()
        self._connected = threading.Event()
        self._queue = ""

    def apply(self, config: Config) -> None:
        """Connects, reconnects or leaves, as the settings say."""
        # All of [mqtt]: discovery, too, is told at a connection.
        key = tuple(getattr(config, name) for (section, _), (name, _) in READERS.items() if section == "mqtt")
        if key == self._key:
            return
        self.close()
        self._key = key
        self.state = "off"
        if config.mqtt:
            self._open(config)

    def _open(self, config: Config) -> None:
        try:
            import paho.mqtt.client as paho
        except ImportError:
            self.state = "off: the package python3-paho-mqtt is missing"
            log.error("MQTT is %s", self.state)
            return
        versions = getattr(paho, "CallbackAPIVersion", None)
        client: Any = paho.Client(versions.VERSION1, "thuroros") if versions else paho.Client("thuroros")
        if config.mqtt_user:
            client.username_pw_set(config.mqtt_user, config.mqtt_password)
        client.will_set(f"{BASE}/online", "offline", qos=1, retain=True)
        client.reconnect_delay_set(1, 120)
        topics = discovery(config.mqtt_discovery)
        client.on_connect = lambda client, _data, _flags, code: self._answered(client, code, topics)
        client.on_disconnect = lambda _client, _data, code: self._parted(code)
        self.state = "connecting"
        self._client = client
        client.connect_async(config.mqtt_host, config.mqtt_port, keepalive=60)
        client.loop_start()

    def _answered(self, client: Any, code: int, topics: dict[str, dict[str, object]]) -> None:
        if code != 0:
            self.state = f"the broker refuses the connection (code {code})"
            log.warning("MQTT: %s", self.state)
            return
        for topic, message in topics.items():
            client.publish(topic, json.dumps(message), qos=1, retain=True)
        client.publish(f"{BASE}/online", "online", qos=1, retain=True)
        self._queue = ""
        self._connected.set()
        self.state = "connected"
        log.info("MQTT: connected")

    def _parted(self, code: int) -> None:
        self._connected.clear()
        if code != 0 and self.state == "connected":
            self.state = "the broker is away"
            log.warning("MQTT: %s", self.state)

    def rang(self, ring: int) -> None:
        """Tells of a ring, if the broker is there."""
        if self._client and self._connected.is_set():
            self._client.publish(f"{BASE}/ring", json.dumps({"event_type": "press", "ring": ring}), qos=1)

    def queue(self, waiting: int) -> None:
        """Tells the length of the queue when it changed."""
        if self._client and self._connected.is_set() and self._queue != str(waiting):
            self._queue = str(waiting)
            self._client.publish(f"{BASE}/queue", self._queue, qos=0, retain=True)

    def close(self) -> None:
        """Leaves the broker."""
        if self._client:
            client, self._client = self._client, None
            if self._connected.is_set():
                client.publish(f"{BASE}/online", "offline", qos=1, retain=True)
            client.disconnect()
            client.loop_stop()
            self._connected.clear()
