package dev.parkinglot.locks;

import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests on several {@link Threads}, each of which ends even if the thread that runs it should be wedged. */
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
@ExtendWith(Threads.class)
@interface Concurrent {}
