"""The desk: what a Point Person sees, as pages and as JSON."""
