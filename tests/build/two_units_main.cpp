// With two_units_other.cpp: the whole library in two translation units of one program, so that a
// function which is neither inline nor a template does not link.

#include <ctnn/ctnn.hpp>

int other_unit();

int main() { return other_unit(); }
