package dev.parkinglot.parkers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which backends were found, which was chosen, and why. Made by {@link ParkerBackends#report()}.
 *
 * @param chosen the name of the backend that platform threads use; virtual ones use {@code locksupport}
 * @param named whether it was named by {@link ParkerBackends#PROPERTY}; otherwise it is the default
 * @param problem why what that property says could not be had; empty if it could, or says nothing
 * @param candidates all backends
 * @param fence the {@link AsymmetricFence}
 */
public record ParkerReport(
        String chosen, boolean named, Optional<String> problem, List<Candidate> candidates, Candidate fence) {
    /**
     * Something that a machine may have or not.
     *
     * @param name its name
     * @param unavailableReason why it cannot be used here; empty if it can
     */
    public record Candidate(String name, Optional<String> unavailableReason) {
        @Override
        public String toString() {
            return name + ": "
                    + unavailableReason.map(reason -> "no, " + reason).orElse("yes");
        }
    }

    /**
     * Copies the list.
     *
     * @param chosen see above
     * @param named see above
     * @param problem see above
     * @param candidates see above
     * @param fence see above
     */
    public ParkerReport {
        candidates = List.copyOf(candidates);
    }

    static ParkerReport of(ParkerBackends.Choice choice, List<ParkerBackend> backends) {
        return new ParkerReport(
                choice.backend().name(),
                choice.named(),
                choice.problem(),
                backends.stream()
                        .map(backend -> new Candidate(backend.name(), backend.unavailableReason()))
                        .toList(),
                new Candidate("asymmetric fence", AsymmetricFence.unavailableReason()));
    }

    /**
     * The reason for the choice.
     *
     * @return a phrase for people to read
     */
    public String why() {
        if (named) {
            return "named by -D" + ParkerBackends.PROPERTY;
        }
        return "the default" + problem.map(reason -> ", since " + reason).orElse("");
    }

    /**
     * A line for the choice, one for virtual threads, one for each backend, and one for the fence.
     *
     * @return lines separated by {@code \n}
     */
    @Override
    public String toString() {
        List<String> lines = new ArrayList<>();
        lines.add("parker backend: " + chosen + ", " + why());
        lines.add("  for virtual threads: locksupport, always");
        candidates.forEach(candidate -> lines.add("  " + candidate));
        lines.add("  " + fence);
        return String.join("\n", lines);
    }
}
