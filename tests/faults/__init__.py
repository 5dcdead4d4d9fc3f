"""What goes wrong: kills, storms, dead sockets, full disks. Cases 1 to 25 have tests that name their number."""
