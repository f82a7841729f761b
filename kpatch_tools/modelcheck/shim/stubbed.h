/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stubbed.h - names without effect on what a model observes: statistics,
 * messages, tracing, hints to the scheduler, sizes of the machine. A query
 * answers what an idle machine with plenty of everything answers.
 *
 * Arguments of a stub that is a macro are not evaluated.
 */

/* --- statistics ---------------------------------------------------------- */
#define count_vm_event(item) ((void)0)
#define count_vm_events(item, delta) ((void)0)
#define __count_vm_event(item) ((void)0)
#define __count_vm_events(item, delta) ((void)0)
#define count_compact_event(item) ((void)0)
#define count_compact_events(item, delta) ((void)0)
#define inc_zone_page_state(page, item) ((void)0)
#define dec_zone_page_state(page, item) ((void)0)
#define mod_zone_page_state(zone, item, delta) ((void)0)
#define __mod_zone_page_state(zone, item, delta) ((void)0)
#define zone_page_state(zone, item) 0UL
#define all_vm_events(events) ((void)(events))
#define adjust_managed_page_count(page, count) ((void)(page))
#define si_meminfo(info) ((void)(info))
#define si_mem_available() 0L
#define page_to_nid(page) 0
#define set_page_owner_migrate_reason(page, reason) ((void)0)
#define num_poisoned_pages_inc() ((void)0)

/* --- messages, tracing --------------------------------------------------- */
#define dev_err(device, ...) ((void)0)
#define dev_warn(device, ...) ((void)0)
#define dev_info(device, ...) ((void)0)
#define dev_dbg(device, ...) ((void)0)
#define dev_info_ratelimited(device, ...) ((void)0)
#define printk(...) 0
#define pr_err(...) 0
#define pr_warn(...) 0
#define pr_info(...) 0
#define pr_debug(...) 0
#define dump_page(page, reason) ((void)0)
#define dump_stack() ((void)0)
#define trace_mm_compaction_isolate_migratepages(...) ((void)0)
#define trace_mm_migrate_pages(...) ((void)0)

/* --- the scheduler, signals, congestion: nothing asks us to stop ---------- */
#define need_resched() 0
#define cond_resched() 0
#define fatal_signal_pending(task) 0
#define signal_pending(task) 0
#define congestion_wait(sync, timeout) 0L
#define cpu_relax() ((void)0)
#define preempt_disable() ((void)0)
#define preempt_enable() ((void)0)
#define local_irq_save(flags) ((void)((flags) = 0))
#define local_irq_restore(flags) ((void)(flags))
#define local_irq_disable() ((void)0)
#define local_irq_enable() ((void)0)
#define lockdep_assert_held(lock) ((void)0)
#define rcu_read_lock() ((void)0)
#define rcu_read_unlock() ((void)0)

/* --- memory order: the model is sequentially consistent ------------------- */
#define barrier() ((void)0)
#define smp_mb() ((void)0)
#define smp_rmb() ((void)0)
#define smp_wmb() ((void)0)
#define smp_mb__before_atomic() ((void)0)
#define smp_mb__after_atomic() ((void)0)

/* --- annotations --------------------------------------------------------- */
#define likely(condition) (condition)
#define unlikely(condition) (condition)
#define BUILD_BUG_ON(condition) ((void)0)
#define BUILD_BUG_ON_MSG(condition, text) ((void)0)
#define BUILD_BUG_ON_INVALID(condition) ((void)0)
#define EXPORT_SYMBOL(name)
#define EXPORT_SYMBOL_GPL(name)
#define MODULE_LICENSE(text)
#define MODULE_DESCRIPTION(text)
#define MODULE_AUTHOR(text)
#define MODULE_PARM_DESC(name, text)
#define module_param(name, type, mode)
#define might_fault() ((void)0)

/* --- virtio: the device offers what the driver asks for ------------------- */
#define virtio_check_driver_offered_feature(vdev, bit) ((void)0)
