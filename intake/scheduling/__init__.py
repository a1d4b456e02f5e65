"""When we meet: providers, slots, holds and appointments."""
