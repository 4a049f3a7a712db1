"""HTTP and WebSocket: what people and other programs see of the log and the store."""
