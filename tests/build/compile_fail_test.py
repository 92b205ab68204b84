"""compile_fail.py on canned output of both compilers."""

import unittest

from compile_fail import complaint, head, promised_errors

SENTENCE = "layer 4 MaxPool2d<5>: window 5x5 does not fit its 3x3 input"

GCC = """diagnose.hpp: In instantiation of 'struct ctnn::detail::show<ctnn::detail::ill_formed<ctnn::detail::FixedString<60>{"layer 4 MaxPool2d<5>: window 5x5 does not fit its 3x3 input"}> >':
wrong.cpp:4:1:   required from here
diagnose.hpp:19:64: error: incomplete type 'ctnn::detail::ill_formed<ctnn::detail::FixedString<60>{"layer 4 MaxPool2d<5>: window 5x5 does not fit its 3x3 input"}>' used in nested name specifier
"""
CLANG = """diagnose.hpp:19:54: error: implicit instantiation of undefined template 'ctnn::detail::ill_formed<Lines<count>{{"layer 4 MaxPool2d<5>: window 5x5     ", "does not fit its 3x3 input          "}}>'
diagnose.hpp:9:8: note: template is declared here
1 error generated.
"""
CLANG_CXX26 = f"diagnose.hpp:9:1: error: static assertion failed due to requirement 'x': {SENTENCE}\n"


class CompileFail(unittest.TestCase):
    def test_one_error_with_the_sentence_passes(self):
        for output in (GCC, CLANG, CLANG_CXX26):
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

    def test_a_program_may_promise_more(self):
        program = "// expect: one\n// errors: g++ 3, clang 2: why\n// flags: -a -b\nint x;\n"
        self.assertEqual((3, 2), (promised_errors(program, False), promised_errors(program, True)))
        self.assertEqual(("one", "-a -b"), (head(program, "expect"), head(program, "flags")))
        self.assertEqual(1, promised_errors("// expect: one\nint x; // errors: g++ 3\n", True))
        self.assertIn("exactly 2", complaint(SENTENCE, GCC, 2))
        self.assertIsNone(complaint(SENTENCE, GCC + "a.cpp:1:1: error: more\n", 2))

    def test_a_fatal_error_is_an_error(self):
        fatal = "wrong.cpp:1:10: fatal error: ctnn/core.hpp: No such file or directory\n"
        self.assertIn("sentence", complaint(SENTENCE, fatal))


if __name__ == "__main__":
    unittest.main()
