"""Numba's view of the kernel's named tuples: an address instead of hundreds of arguments at every call.

The directory an address points to (`memory.directory`) never changes during a call, so that reads of it are marked
as invariant and the compiler keeps what it has read.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, lower_getattr_generic, models, register_model
from numba.np.arrayobj import populate_array

from solvers.kernel.memory import SLOTS, Field

_WORD = ir.IntType(64)
_NUMBERS = {"int": types.int64, "bool": types.boolean, "float": types.float64}


class Handle(types.Type):
    """The type of one named tuple."""

    def __init__(self, name: str, fields: tuple[Field, ...], columns: dict[str, int]) -> None:
        super().__init__(name=f"Handle({name})")
        self.fields = {field.name: (number, field) for number, field in enumerate(fields)}
        self.columns = columns  # widths known when compiling, by field

    def type_of(self, name: str) -> Any:
        """The numba type of a field."""
        field = self.fields[name][1]
        if field.kind != "array":
            return _NUMBERS[field.kind]
        return types.Array(getattr(types, field.dtype), field.dimensions, "C")


register_model(Handle)(models.OpaqueModel)


@infer_getattr
class _Attribute(AttributeTemplate):
    key = Handle

    def generic_resolve(self, handle: Handle, name: str) -> Any:
        return handle.type_of(name) if name in handle.fields else None


@lower_getattr_generic(Handle)
def _read(context: Any, builder: Any, handle: Handle, value: Any, name: str) -> Any:
    number, field = handle.fields[name]
    words = builder.bitcast(value, _WORD.as_pointer())

    def word(slot: int) -> Any:
        read = builder.load(builder.gep(words, [_WORD(number * SLOTS + slot)]))
        read.set_metadata("invariant.load", builder.module.add_metadata([]))
        return read

    if field.kind == "int":
        return word(0)
    if field.kind == "bool":
        return builder.icmp_signed("!=", word(0), _WORD(0))
    if field.kind == "float":
        return builder.bitcast(word(0), ir.DoubleType())
    kind = handle.type_of(name)
    array = context.make_array(kind)(context, builder)
    size = np.dtype(field.dtype).itemsize
    shape = [word(1 + dimension) for dimension in range(field.dimensions)]
    if name in handle.columns:
        shape[-1] = _WORD(handle.columns[name])
    strides = [_WORD(size)]
    for length in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], length))
    pointer = builder.inttoptr(word(0), array.data.type)
    populate_array(
        array,
        data=pointer,
        shape=cgutils.pack_array(builder, shape),
        strides=cgutils.pack_array(builder, strides),
        itemsize=_WORD(size),
        meminfo=None,
    )
    return array._getvalue()
