"""The tests run against the binary that LIDO_BINARY names, or `lido` on PATH."""

pytest_plugins = ["pytester"]
