package dev.parkinglot.parkers;

/**
 * The numbers of Linux's system calls, which have no functions in the C library, so that they are called by number, and
 * the numbers differ by architecture.
 */
record LinuxNumbers(long futex, long membarrier) {
    static LinuxNumbers ofThisMachine() throws UnavailableException {
        return of(System.getProperty("os.arch"));
    }

    static LinuxNumbers of(String osArch) throws UnavailableException {
        return switch (osArch) {
            case "amd64" -> new LinuxNumbers(202, 324);
            case "aarch64", "riscv64", "loongarch64" -> new LinuxNumbers(98, 283); // the kernel's common table
            case "ppc64le", "ppc64" -> new LinuxNumbers(221, 365);
            case "s390x" -> new LinuxNumbers(238, 356);
            default -> throw new UnavailableException("the numbers of system calls on " + osArch + " are not known");
        };
    }
}
