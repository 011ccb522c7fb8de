def slope(f, x):
    rough = float((f(x + 1e-3) - f(x - 1e-3)) / 2e-3)
    return round(3 * rough) / 3
