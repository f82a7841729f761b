/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * annotations.h - words by which kernel code talks to linkers, checkers and
 * optimisers. They say nothing about behaviour and are defined away.
 */

/* --- where the linker puts it --------------------------------------------- */
#define __init
#define __exit
#define __initdata
#define __initconst
#define __exitdata
#define __meminit
#define __memexit
#define __meminitdata
#define __devinit
#define __cpuinit
#define __refdata
#define __ref
#define __init_refok
#define __read_mostly
#define __ro_after_init
#define __page_aligned_data
#define __page_aligned_bss
#define __section(name)
#define __visible
#define __weak
#define __kprobes
#define __sched
#define __lockfunc
#define __irq_entry
#define __cpuidle
#define noinstr
#define __noendbr
#define asmlinkage
#define notrace
#define nokprobe_inline inline
#define NOKPROBE_SYMBOL(name)
#define __compiler_offsetof(type, member) __builtin_offsetof(type, member)

/* --- for the optimiser ----------------------------------------------------- */
#define __cold
#define __hot
#define __always_inline inline
#define __always_unused __attribute__((unused))
#define __maybe_unused __attribute__((unused))
#define __used
#define __pure
#define __attribute_const__
#define __malloc
#define __assume_aligned(alignment, ...)
#define __alloc_size(position, ...)
#define __must_check
#define __deprecated
#define __noreturn __attribute__((noreturn))
#define noinline
#define noinline_for_stack
#define fallthrough do { } while (0)
#define uninitialized_var(name) name = name
#define ____cacheline_aligned
#define ____cacheline_aligned_in_smp
#define ____cacheline_internodealigned_in_smp
#define __cacheline_aligned
#define __cacheline_aligned_in_smp
#define __randomize_layout
#define __no_randomize_layout
#define __designated_init
#define randomized_struct_fields_start
#define randomized_struct_fields_end
#define __no_sanitize_address
#define __no_kasan_or_inline inline
#define __no_kcsan
#define __no_sanitize_or_inline inline

/* --- for sparse and format checkers ---------------------------------------- */
#define __user
#define __kernel
#define __iomem
#define __percpu
#define __rcu
#define __force
#define __nocast
#define __bitwise
#define __bitwise__
#define __safe
#define __private
#define __acquires(lock)
#define __releases(lock)
#define __must_hold(lock)
#define __acquire(lock) ((void)0)
#define __release(lock) ((void)0)
#define __cond_lock(lock, condition) (condition)
#define __chk_user_ptr(pointer) ((void)0)
#define __chk_io_ptr(pointer) ((void)0)
#define __printf(format, first)
#define __scanf(format, first)

/* --- checks at build time --------------------------------------------------- */
#define compiletime_assert(condition, text) ((void)0)
#define compiletime_assert_atomic_type(type) ((void)0)
#define static_assert(condition, ...) _Static_assert(1, "")
#define BUILD_BUG_ON_ZERO(condition) 0
#define BUILD_BUG() ((void)0)
#define __must_be_array(array) 0
