"""Dated events, who took part, and which priorities they bear on."""
