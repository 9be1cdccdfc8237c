"""Whole tables of returns, brought in. Only here are pandas, numpy and pandera imported; the core does without them."""
