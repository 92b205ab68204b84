"""compile_fail.py on canned output of both compilers."""

import unittest

from compile_fail import complaint

SENTENCE = "layer 4 MaxPool2d<5>: window 5x5 does not fit its 3x3 input"

GCC = """diagnose.hpp: In instantiation of 'struct ctnn::detail::show<ctnn::detail::ill_formed<ctnn::detail::FixedString<60>{"layer 4 MaxPool2d<5>: window 5x5 does not fit its 3x3 input"}> >':
wrong.cpp:4:1:   required from here
diagnose.hpp:19:64: error: incomplete type 'ctnn::detail::ill_formed<ctnn::detail::FixedString<60>{"layer 4 MaxPool2d<5>: window 5x5 does not fit its 3x3 input"}>' used in nested name specifier
"""
CLANG = """diagnose.hpp:19:54: error: implicit instantiation of undefined template 'ctnn::detail::ill_formed<FixedString<34>{"layer 4 MaxPool2d<5>: window 5x5 "}, FixedString<27>{"does not fit its 3x3 input"}>'
diagnose.hpp:9:8: note: template is declared here
1 error generated.
"""
CLANG_OTHER_BRACES = CLANG.replace(" FixedString<", " ctnn::detail::FixedString<").replace("{", "{{").replace("}", "}}")
CLANG_CXX26 = f"diagnose.hpp:9:1: error: static assertion failed due to requirement 'x': {SENTENCE}\n"


class CompileFail(unittest.TestCase):
    def test_one_error_with_the_sentence_passes(self):
        for output in (GCC, CLANG, CLANG_OTHER_BRACES, CLANG_CXX26):
            self.assertIsNone(complaint(SENTENCE, output))

    def test_another_sentence_fails(self):
        for output in (GCC, CLANG):
            self.assertIn("sentence", complaint(SENTENCE.replace("5x5", "6x6"), output))

    def test_a_program_that_compiles_fails(self):
        self.assertIn("found 0", complaint(SENTENCE, ""))
        self.assertIn("found 0", complaint(SENTENCE, GCC.replace("error:", "warning:")))

    def test_a_second_error_fails(self):
        for output in (GCC, CLANG):
            second = "wrong.cpp:9:1: error: 'Net' was not declared in this scope\n"
            self.assertIn("found 2", complaint(SENTENCE, output + second))

    def test_a_fatal_error_is_an_error(self):
        fatal = "wrong.cpp:1:10: fatal error: ctnn/core.hpp: No such file or directory\n"
        self.assertIn("sentence", complaint(SENTENCE, fatal))


if __name__ == "__main__":
    unittest.main()
