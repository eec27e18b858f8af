"""Rings for Home Assistant over MQTT, with discovery. Optional: python3-paho-mqtt, and off unless [mqtt] says so.

Best effort on purpose: an event that arrives after the broker was away for an hour would set off automations for
somebody who has long left, so nothing is queued here. Messages are mowa's job, and those are queued.
"""

import json
import logging
import threading
from typing import Any

from doorbell.config import Config

BASE = "thuroros/doorbell"
log = logging.getLogger("doorbell")


def discovery(prefix: str) -> dict[str, dict[str, object]]:
    """The retained discovery messages, by topic: the bell as an event, the queue and the last ring as sensors."""
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
        key = (config.mqtt, config.mqtt_host, config.mqtt_port, config.mqtt_user, config.mqtt_password)
        if key == self._key:
            return
        self.close()
        self._key = key
        if not config.mqtt:
            self.state = "off"
            return
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
        prefix = config.mqtt_discovery

        def connected(client: Any, _data: object, _flags: object, code: int) -> None:
            if code != 0:
                self.state = f"the broker refuses the connection (code {code})"
                log.warning("MQTT: %s", self.state)
                return
            for topic, message in discovery(prefix).items():
                client.publish(topic, json.dumps(message), qos=1, retain=True)
            client.publish(f"{BASE}/online", "online", qos=1, retain=True)
            self._queue = ""
            self._connected.set()
            self.state = "connected"
            log.info("MQTT: connected")

        def disconnected(_client: Any, _data: object, code: int) -> None:
            self._connected.clear()
            if code != 0 and self.state == "connected":
                self.state = "the broker is away"
                log.warning("MQTT: %s", self.state)

        client.on_connect, client.on_disconnect = connected, disconnected
        self.state = "connecting"
        self._client = client
        client.connect_async(config.mqtt_host, config.mqtt_port, keepalive=60)
        client.loop_start()

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
