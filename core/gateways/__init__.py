"""The clients of the mobile-money networks: calls out, their answers, and what may be stored."""
