//! seccomp: the system calls that reading, computing, threads and printing need, and no other.
//!
//! All others fail with EPERM. To be killed instead would stop an attacker no better, who gains
//! nothing by asking again, and would take the answer from somebody whose C library is newer than
//! this list: a call that is refused is an error that every library expects.

/// Gives up all other system calls, and new privileges; `opening` says that files are still to be
/// opened for reading.
///
/// # Errors
/// Why nothing of it is in force, in a few words.
pub(super) fn give_up(opening: bool) -> Result<String, String> {
    let count = list::install(opening).map_err(|wrong| format!("no seccomp: {wrong}"))?;
    Ok(format!("seccomp ({count} system calls, no new privileges)"))
}

/// The numbers of the calls differ from one kind of processor to another.
#[cfg(not(all(
    any(target_arch = "x86_64", target_arch = "aarch64"),
    target_pointer_width = "64"
)))]
mod list {
    pub(super) fn install(_: bool) -> Result<usize, String> {
        Err("its list is of x86_64 and aarch64".to_owned())
    }
}

#[cfg(all(any(target_arch = "x86_64", target_arch = "aarch64"), target_pointer_width = "64"))]
mod list {
    use std::collections::BTreeMap;
    use std::env::consts::ARCH;
    use std::process;

    use libc::c_int;
    use seccompiler::{
        BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
        SeccompFilter, SeccompRule, TargetArch, apply_filter_all_threads,
    };

    type Rules = BTreeMap<i64, Vec<SeccompRule>>;

    /// Installs the filters for all threads, and says how many calls are allowed.
    pub(super) fn install(opening: bool) -> Result<usize, String> {
        let said = |error: seccompiler::Error| error.to_string();
        let rules = allowed(opening).map_err(|error| error.to_string())?;
        let count = rules.len() - 1;
        // The last filter speaks first, and the earlier one is stricter about what it knows.
        let clone3 = Rules::from([(libc::SYS_clone3, Vec::new())]);
        let missing = filter(clone3, SeccompAction::Allow, errno(libc::ENOSYS));
        let others = filter(rules, errno(libc::EPERM), SeccompAction::Allow);
        for filter in [missing, others] {
            let filter = filter.map_err(|error| error.to_string())?;
            apply_filter_all_threads(&filter).map_err(said)?;
        }
        Ok(count)
    }

    fn filter(
        rules: Rules,
        otherwise: SeccompAction,
        listed: SeccompAction,
    ) -> Result<BpfProgram, BackendError> {
        let arch = TargetArch::try_from(ARCH)?;
        SeccompFilter::new(rules, otherwise, listed, arch)?.try_into()
    }

    fn errno(code: c_int) -> SeccompAction {
        SeccompAction::Errno(code.unsigned_abs())
    }

    /// All calls that are allowed, some with these arguments only.
    fn allowed(opening: bool) -> Result<Rules, BackendError> {
        let mut rules: Rules = PLAIN.iter().map(|call| (*call, Vec::new())).collect();
        // Memory that holds code could hold an attacker's.
        let no_code = || without(2, libc::PROT_EXEC);
        rules.insert(libc::SYS_mmap, vec![no_code()?]);
        rules.insert(libc::SYS_mprotect, vec![no_code()?]);
        // Threads of this process: no other process, and no namespace to be root in. clone3 keeps
        // its flags where no filter sees them; it is said to be missing, and the C library goes back
        // to clone.
        rules.insert(
            libc::SYS_clone,
            vec![masked(0, libc::CLONE_THREAD | WORLDS, libc::CLONE_THREAD)?],
        );
        rules.insert(libc::SYS_clone3, Vec::new());
        // How wide the terminal is, and whether it is one.
        let asking = [libc::TIOCGWINSZ, libc::TCGETS].map(|what| equal(1, u64::from(what as u32)));
        rules.insert(libc::SYS_ioctl, asking.into_iter().collect::<Result<_, _>>()?);
        // Whether a file is still open, which the standard library asks before it closes one.
        rules.insert(libc::SYS_fcntl, vec![equal(1, u64::from(libc::F_GETFD.cast_unsigned()))?]);
        // To end itself after a panic.
        rules.insert(libc::SYS_tgkill, vec![equal(0, process::id().into())?]);
        if opening {
            // Not for writing, and nothing new. musl still has the call without a folder.
            let reading = !(libc::O_CLOEXEC | libc::O_LARGEFILE);
            #[cfg(target_arch = "x86_64")]
            rules.insert(libc::SYS_open, vec![without(1, reading)?]);
            rules.insert(libc::SYS_openat, vec![without(2, reading)?]);
        }
        Ok(rules)
    }

    /// The argument is this number.
    fn equal(argument: u8, number: u64) -> Result<SeccompRule, BackendError> {
        rule(argument, SeccompCmpOp::Eq, number)
    }

    /// Of these bits the argument has none.
    fn without(argument: u8, bits: c_int) -> Result<SeccompRule, BackendError> {
        masked(argument, bits, 0)
    }

    /// Of these bits the argument has those.
    fn masked(argument: u8, bits: c_int, those: c_int) -> Result<SeccompRule, BackendError> {
        let mask = SeccompCmpOp::MaskedEq(u64::from(bits.cast_unsigned()));
        rule(argument, mask, u64::from(those.cast_unsigned()))
    }

    /// The kernel looks at 32 bits of all these arguments, or refuses the others itself.
    fn rule(argument: u8, how: SeccompCmpOp, what: u64) -> Result<SeccompRule, BackendError> {
        SeccompRule::new(vec![SeccompCondition::new(argument, SeccompCmpArgLen::Dword, how, what)?])
    }

    /// What a clone may have for itself that a thread does not need.
    const WORLDS: c_int = libc::CLONE_NEWNS
        | libc::CLONE_NEWCGROUP
        | libc::CLONE_NEWUTS
        | libc::CLONE_NEWIPC
        | libc::CLONE_NEWUSER
        | libc::CLONE_NEWPID
        | libc::CLONE_NEWNET;

    /// Calls that are allowed with any arguments.
    const PLAIN: &[i64] = &[
        // What is open is read and written, and asked about without its name.
        libc::SYS_read,
        libc::SYS_readv,
        libc::SYS_pread64,
        libc::SYS_lseek,
        libc::SYS_fstat,
        libc::SYS_fadvise64,
        libc::SYS_write,
        libc::SYS_writev,
        libc::SYS_close,
        libc::SYS_ppoll,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_poll,
        // Memory.
        libc::SYS_brk,
        libc::SYS_mremap,
        libc::SYS_munmap,
        libc::SYS_madvise,
        // Threads, and how they wait for one another.
        libc::SYS_futex,
        libc::SYS_gettid,
        libc::SYS_rseq,
        libc::SYS_sched_getaffinity,
        libc::SYS_sched_yield,
        libc::SYS_set_robust_list,
        libc::SYS_set_tid_address,
        libc::SYS_sigaltstack,
        // The time, where the kernel does not write it into every process.
        libc::SYS_clock_gettime,
        libc::SYS_clock_nanosleep,
        libc::SYS_gettimeofday,
        libc::SYS_nanosleep,
        // Ctrl-C, which was listened for before.
        libc::SYS_restart_syscall,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        // Tables are hashed with a number that nobody can guess.
        libc::SYS_getrandom,
        // The end.
        libc::SYS_getpid,
        libc::SYS_exit,
        libc::SYS_exit_group,
    ];
}
