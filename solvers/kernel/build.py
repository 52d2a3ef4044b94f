"""Compile the kernel and write its object code to the standard output. Run in a process of its own."""

from __future__ import annotations

import sys
from typing import Any

import llvmlite.binding as llvm
import numba
from numba.core.codegen import CPUCodeLibrary
from numba.core.cpu import CPUContext
from numba.np import arrayobj

from solvers.kernel.compiled import start_compiling
from solvers.kernel.native import NAME, machine

_MATHS = {"log", "exp", "pow", "memcpy", "memset", "memmove", "llrint"}


def main() -> None:
    """Build."""
    start_compiling(numba.njit, _plain)
    _link_late()
    _index_plainly()
    sys.stdout.buffer.write(object_code())


def _plain(kind: Any) -> Any:
    """The type that stands for literals and integers of every width."""
    types: Any = numba.types
    kind = types.unliteral(kind)
    return types.int64 if isinstance(kind, types.Integer) else kind


def _link_late() -> None:
    """Numba would link every function with all it calls, and make it ready to run; only the whole is wanted here."""

    def finalize(library: Any) -> None:
        library._finalized = True

    CPUCodeLibrary.finalize = finalize
    CPUContext.get_executable = lambda *_: [].append  # any one builtin a function, never called


def _index_plainly() -> None:
    """Python counts negative indices from the end, at a price for every other; the kernel has none."""

    def unchanged(context: Any, builder: Any, kind: Any, index: Any, _: Any) -> Any:
        return context.cast(builder, index, kind, numba.types.intp)

    arrayobj.fix_integer_index = unchanged


def _linked(library: Any) -> Any:
    """One module of a function and of all it calls."""
    found = [library]
    for part in found:
        found.extend(callee for callee in part._linking_libraries if callee not in found)
    module = llvm.parse_assembly(str(library._final_module))
    for part in found[1:]:
        module.link_in(part._final_module, preserve=True)
    module.verify()
    return module


def object_code() -> bytes:
    """Everything in one module, of which only the entry can be seen."""
    numba_types: Any = numba.types
    entry, handles = _entry()
    word, real = numba_types.int64, numba_types.float64
    signature = word(word, *handles, word, word, word, real, real)
    entry.compile(signature)
    compiled = entry.overloads[signature.args]
    module = _linked(compiled.library)
    entry_name = compiled.fndesc.llvm_func_name
    for function in module.functions:
        if function.is_declaration:
            continue
        if function.name == entry_name:
            function.name = NAME
            function.linkage = "external"
        else:
            function.linkage = "internal"
    target = machine()
    tuning = llvm.create_pipeline_tuning_options(speed_level=3)
    passes = llvm.create_pass_builder(target, tuning)
    passes.getModulePassManager().run(module, passes)
    unknown = _unknown(module)
    if unknown:
        raise AssertionError(f"the kernel calls what it cannot be linked to: {', '.join(sorted(unknown))}")
    code: bytes = target.emit_object(module)
    return code


def _unknown(module: Any) -> set[str]:
    named = {f.name for f in module.functions if f.is_declaration and not f.name.startswith("llvm.")}
    return named - _MATHS


def _entry() -> tuple[Any, list[Any]]:
    from solvers.kernel import entry, local, scratch, state, tables
    from solvers.kernel.handles import Handle
    from solvers.kernel.memory import layout
    from solvers.kernel.tiny import tiny_problem

    t = tables.tables_of(tiny_problem())
    plan = state.State(*(state.memory_for(t)))
    memory, knobs = scratch.scratch_for(t, 1), scratch.KNOBS
    handles = {
        name: Handle(name, layout(values), columns)
        for name, values, columns in (
            ("Tables", t, tables.COLUMNS),
            ("State", plan, state.COLUMNS),
            ("Scratch", memory, {}),
            ("Knobs", knobs, {}),
            ("Local", local.local_for(t), {}),
        )
    }
    order = ("Tables", "State", "State", "State", "Scratch", "Knobs", "Local")
    return entry.enter, [handles[name] for name in order]


if __name__ == "__main__":
    main()
