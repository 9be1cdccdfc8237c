"""Many returns at once. Only here are pandas, numpy and pandera imported; the core judges one return without them."""
