"""The doorbell relay of thuroros: a button on a GPIO line becomes an Apple Message through mowa."""
