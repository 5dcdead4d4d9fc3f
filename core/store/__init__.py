"""The store: plain SQL in one dialect over two engines, behind one port."""
