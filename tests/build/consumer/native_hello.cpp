#include "hello.cpp"
