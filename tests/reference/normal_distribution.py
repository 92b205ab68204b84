#!/usr/bin/env python3
"""Prints the coefficients of kernels/normal_distribution.hpp.

They are those of powers of t = (z - 4) / (z + 4) in a series of Chebyshev polynomials, cut off, for
(z + 4) exp(z^2 / 2) Q(z), where Q(z) is the probability that a standard normal number is above z >= 0.
Needs Debian 12's python3-mpmath; run: python3 normal_distribution.py
"""
from mpmath import mp, mpf

mp.dps = 60
NODES = 80
K = 4  # of 2, 2.5, ... 6 the one with the shortest series


def scaled_tail(t):
    z = K * (1 + t) / (1 - t)
    if z < 60:
        return (z + K) * mp.exp(z * z / 2) * mp.erfc(z / mp.sqrt(2)) / 2
    tail, term = mpf(0), mpf(1)  # the asymptotic series of Mills' ratio
    for n in range(60):
        tail += term
        term *= -(2 * n + 1) / z**2
    return (z + K) * tail / z / mp.sqrt(2 * mp.pi)


def chebyshev():
    angles = [mp.pi * (j + mpf(1) / 2) / NODES for j in range(NODES)]
    values = [scaled_tail(mp.cos(angle)) for angle in angles]
    return [(2 if n else 1) * sum(v * mp.cos(n * a) for v, a in zip(values, angles)) / NODES
            for n in range(NODES)]


def powers(series, degree):
    polynomials = [[mpf(1)], [mpf(0), mpf(1)]]
    while len(polynomials) <= degree:
        following = [mpf(0)] + [2 * c for c in polynomials[-1]]
        for i, c in enumerate(polynomials[-2]):
            following[i] -= c
        polynomials.append(following)
    return [sum(series[n] * polynomials[n][i] for n in range(i, degree + 1))
            for i in range(degree + 1)]


def main():
    series = chebyshev()
    for degree in (9, 22):
        coefficients = powers(series, degree)
        grid = [mpf(j) / 200 - 1 for j in range(400)]
        error = max(abs(mp.polyval(coefficients[::-1], t) / scaled_tail(t) - 1) for t in grid)
        print(f"degree {degree}, relative error {mp.nstr(error, 2)}")
        print(", ".join(mp.nstr(c, 20) for c in coefficients))


if __name__ == "__main__":
    main()
