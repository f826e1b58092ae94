package dev.parkinglot.examples.migration;

import java.util.function.Function;

/**
 * A cache that forgets what was not asked for longest.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values, none of them null
 */
public interface Cache<K, V> {
    /** Looks a value up, and computes and keeps it if it is not there. It is computed once at most for each miss. */
    V get(K key, Function<? super K, ? extends V> load);

    /** How many values it holds. */
    int size();
}
