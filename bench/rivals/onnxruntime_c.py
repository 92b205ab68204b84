"""onnxruntime by its C interface, on one thread: what it takes is its own, but for a microsecond of Python.

Its packages for Python and for Node bring their own microseconds, 20 at each run of the latter: as much as a small
network takes. The library is what they have inside.
"""
import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_int64, c_size_t, c_uint32, c_void_p

import torch

# Places in the table OrtApi, which only ever grows at its end (onnxruntime_c_api.h).
API_VERSION = 12
GET_ERROR_MESSAGE, CREATE_ENV, CREATE_SESSION, RUN, CREATE_SESSION_OPTIONS = 2, 3, 7, 9, 10
SET_GRAPH_OPTIMIZATION_LEVEL, SET_INTRA_OP_THREADS, SET_INTER_OP_THREADS = 23, 24, 25
CREATE_TENSOR_WITH_DATA, CREATE_CPU_MEMORY_INFO = 49, 69
WARNING, ALL_OPTIMIZATIONS, ARENA, DEFAULT_MEMORY, FLOAT = 2, 99, 1, 0, 1


class ApiBase(ctypes.Structure):
    _fields_ = [("get_api", ctypes.CFUNCTYPE(POINTER(c_void_p), c_uint32)),
                ("get_version", ctypes.CFUNCTYPE(c_char_p))]


class Session:
    """A network of ONNX, with an input x and an output y, that answers one sample: answer holds it after run().
    What it makes lives as long as the process."""

    def __init__(self, library, model, x, output_shape):
        library = ctypes.CDLL(str(library))
        library.OrtGetApiBase.restype = POINTER(ApiBase)
        base = library.OrtGetApiBase().contents
        self.api = base.get_api(API_VERSION)
        self.x, self.answer = x.contiguous(), torch.empty(output_shape)
        options = self.make(CREATE_SESSION_OPTIONS, ())
        for place, value in ((SET_GRAPH_OPTIMIZATION_LEVEL, ALL_OPTIMIZATIONS),
                             (SET_INTRA_OP_THREADS, 1), (SET_INTER_OP_THREADS, 1)):
            self.expect(self.function(place, c_void_p, c_int)(options, value))
        env = self.make(CREATE_ENV, (c_int, c_char_p), WARNING, b"single_input")
        session = self.make(CREATE_SESSION, (c_void_p, c_char_p, c_void_p), env,
                            str(model).encode(), options)
        memory = self.make(CREATE_CPU_MEMORY_INFO, (c_int, c_int), ARENA, DEFAULT_MEMORY)
        arguments = (session, None, (c_char_p * 1)(b"x"), self.values(memory, self.x), 1,
                     (c_char_p * 1)(b"y"), 1, self.values(memory, self.answer))
        run = self.function(RUN, c_void_p, c_void_p, c_void_p, c_void_p, c_size_t, c_void_p,
                            c_size_t, c_void_p)
        self.run = lambda: run(*arguments)
        self.expect(self.run())

    def function(self, place, *types):
        """Returns a status: nothing, or an error."""
        return ctypes.CFUNCTYPE(c_void_p, *types)(self.api[place])

    def expect(self, status):
        if status:
            message = ctypes.CFUNCTYPE(c_char_p, c_void_p)(self.api[GET_ERROR_MESSAGE])
            raise RuntimeError(f"onnxruntime: {message(status).decode()}")

    def make(self, place, types, *arguments):
        made = c_void_p()
        self.expect(self.function(place, *types, POINTER(c_void_p))(*arguments, byref(made)))
        return made

    def values(self, memory, tensor):
        """An array of one value, which is a tensor's memory."""
        shape = (c_int64 * tensor.dim())(*tensor.shape)
        types = (c_void_p, c_void_p, c_size_t, c_void_p, c_size_t, c_int)
        return (c_void_p * 1)(self.make(CREATE_TENSOR_WITH_DATA, types, memory, tensor.data_ptr(),
                                        4 * tensor.numel(), shape, tensor.dim(), FLOAT))
