"""True servers that tests and benchmarks run against, each private and on loopback."""
