"""The clients of the mobile-money networks; this version connects none yet."""
