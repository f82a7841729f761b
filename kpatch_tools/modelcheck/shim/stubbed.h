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
#define zone_page_state_snapshot(zone, item) 0UL
#define __inc_zone_page_state(page, item) ((void)0)
#define __dec_zone_page_state(page, item) ((void)0)
#define node_page_state(node, item) 0UL
#define node_page_state_pages(node, item) 0UL
#define global_zone_page_state(item) 0UL
#define global_node_page_state(item) 0UL
#define mod_node_page_state(node, item, delta) ((void)0)
#define __mod_node_page_state(node, item, delta) ((void)0)
#define inc_node_page_state(page, item) ((void)0)
#define dec_node_page_state(page, item) ((void)0)
#define inc_node_state(node, item) ((void)0)
#define mod_lruvec_page_state(page, item, delta) ((void)0)
#define __mod_lruvec_page_state(page, item, delta) ((void)0)
#define mod_lruvec_state(lruvec, item, delta) ((void)0)
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
#define pr_emerg(...) 0
#define pr_alert(...) 0
#define pr_crit(...) 0
#define pr_notice(...) 0
#define pr_cont(...) 0
#define pr_devel(...) 0
#define pr_warning(...) 0
#define pr_err_once(...) 0
#define pr_warn_once(...) 0
#define pr_info_once(...) 0
#define pr_notice_once(...) 0
#define pr_debug_once(...) 0
#define pr_err_ratelimited(...) 0
#define pr_warn_ratelimited(...) 0
#define pr_notice_ratelimited(...) 0
#define pr_info_ratelimited(...) 0
#define pr_debug_ratelimited(...) 0
#define _printk(...) 0
#define printk_once(...) 0
#define printk_ratelimited(...) 0
#define printk_deferred(...) 0
#define printk_ratelimit() 0
#define no_printk(...) 0
#define dev_emerg(device, ...) ((void)0)
#define dev_alert(device, ...) ((void)0)
#define dev_crit(device, ...) ((void)0)
#define dev_notice(device, ...) ((void)0)
#define dev_vdbg(device, ...) ((void)0)
#define dev_printk(level, device, ...) ((void)0)
#define dev_err_once(device, ...) ((void)0)
#define dev_warn_once(device, ...) ((void)0)
#define dev_info_once(device, ...) ((void)0)
#define dev_err_ratelimited(device, ...) ((void)0)
#define dev_warn_ratelimited(device, ...) ((void)0)
#define dev_dbg_ratelimited(device, ...) ((void)0)
#define netdev_err(device, ...) ((void)0)
#define netdev_warn(device, ...) ((void)0)
#define netdev_notice(device, ...) ((void)0)
#define netdev_info(device, ...) ((void)0)
#define netdev_dbg(device, ...) ((void)0)
#define net_err_ratelimited(...) ((void)0)
#define net_warn_ratelimited(...) ((void)0)
#define net_info_ratelimited(...) ((void)0)
#define net_dbg_ratelimited(...) ((void)0)
#define seq_printf(file, ...) ((void)0)
#define seq_puts(file, text) ((void)0)
#define seq_putc(file, letter) ((void)0)
#define print_hex_dump(...) ((void)0)
#define print_hex_dump_bytes(...) ((void)0)
#define print_hex_dump_debug(...) ((void)0)
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
#define lockdep_assert_held_write(lock) ((void)0)
#define lockdep_assert_held_read(lock) ((void)0)
#define lockdep_assert_held_once(lock) ((void)0)
#define lockdep_assert_not_held(lock) ((void)0)
#define lockdep_assert_irqs_disabled() ((void)0)
#define lockdep_assert_in_softirq() ((void)0)
#define lockdep_assert_none_held_once() ((void)0)
#define lockdep_is_held(lock) 1
#define lockdep_sock_is_held(sock) 1
#define lockdep_set_class(lock, key) ((void)0)
#define lockdep_set_class_and_name(lock, key, name) ((void)0)
#define lockdep_set_subclass(lock, subclass) ((void)0)
#define lockdep_set_novalidate_class(lock) ((void)0)
#define lockdep_init_map(map, name, key, subclass) ((void)0)
#define lock_map_acquire(map) ((void)0)
#define lock_map_release(map) ((void)0)
#define rcu_sleep_check() ((void)0)
#define preempt_enable_no_resched() ((void)0)
#define preempt_disable_notrace() ((void)0)
#define preempt_enable_notrace() ((void)0)
#define migrate_disable() ((void)0)
#define migrate_enable() ((void)0)
#define local_bh_disable() ((void)0)
#define local_bh_enable() ((void)0)
#define local_save_flags(flags) ((void)((flags) = 0))
#define irqs_disabled() 0
#define in_interrupt() 0
#define in_irq() 0
#define in_hardirq() 0
#define in_softirq() 0
#define in_serving_softirq() 0
#define in_atomic() 0
#define in_nmi() 0
#define in_task() 1
#define preempt_count() 0
#define preemptible() 1
#define yield() ((void)0)
#define kthread_should_stop() 0
#define cond_resched_lock(lock) 0
#define cond_resched_rcu() ((void)0)
#define need_resched_lock(lock) 0
#define spin_needbreak(lock) 0
#define spin_is_contended(lock) 0
#define signal_pending_state(state, task) 0
#define might_lock(lock) ((void)0)
#define might_lock_nested(lock, subclass) ((void)0)
#define might_alloc(flags) ((void)0)
#define instrument_atomic_read(object, size) ((void)0)
#define instrument_atomic_write(object, size) ((void)0)
#define instrument_atomic_read_write(object, size) ((void)0)
#define udelay(microseconds) ((void)0)
#define mdelay(milliseconds) ((void)0)
#define ndelay(nanoseconds) ((void)0)
#define touch_nmi_watchdog() ((void)0)
#define touch_softlockup_watchdog() ((void)0)
#define capable(capability) 1
#define ns_capable(namespace, capability) 1

/* --- memory order: the model is sequentially consistent ------------------- */
#define barrier() ((void)0)
#define smp_mb() ((void)0)
#define smp_rmb() ((void)0)
#define smp_wmb() ((void)0)
#define smp_mb__before_atomic() ((void)0)
#define smp_mb__after_atomic() ((void)0)
#define smp_mb__after_spinlock() ((void)0)
#define smp_mb__after_unlock_lock() ((void)0)
#define smp_mb__before_clear_bit() ((void)0)
#define smp_mb__after_clear_bit() ((void)0)
#define smp_acquire__after_ctrl_dep() ((void)0)
#define smp_read_barrier_depends() ((void)0)
#define mb() ((void)0)
#define rmb() ((void)0)
#define wmb() ((void)0)
#define dma_rmb() ((void)0)
#define dma_wmb() ((void)0)
#define prefetch(address) ((void)0)
#define prefetchw(address) ((void)0)
#define barrier_data(pointer) ((void)0)
#define data_race(expression) (expression)
#define ASSERT_EXCLUSIVE_WRITER(object) ((void)0)
#define ASSERT_EXCLUSIVE_ACCESS(object) ((void)0)

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
#define MODULE_ALIAS(text)
#define MODULE_VERSION(text)
#define MODULE_DEVICE_TABLE(kind, table)
#define MODULE_FIRMWARE(text)
#define MODULE_IMPORT_NS(name)
#define EXPORT_SYMBOL_NS(name, space)
#define EXPORT_SYMBOL_NS_GPL(name, space)
#define EXPORT_TRACEPOINT_SYMBOL(name)
#define EXPORT_TRACEPOINT_SYMBOL_GPL(name)
#define ALLOW_ERROR_INJECTION(name, kind)

/* --- virtio: the device offers what the driver asks for ------------------- */
#define virtio_check_driver_offered_feature(vdev, bit) ((void)0)
