package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ObjectReference;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.LaunchingConnector;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.event.ModificationWatchpointEvent;
import com.sun.jdi.event.VMDeathEvent;
import com.sun.jdi.event.VMDisconnectEvent;
import com.sun.jdi.request.ClassPrepareRequest;
import com.sun.jdi.request.EventRequestManager;
import dev.parkinglot.parkers.UnparkHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/**
 * In which order a waiter that was chosen is told so. It may look at any moment, without a lock: once it sees that it
 * is out of its queue, it reads the token and returns.
 */
class HandOverTest {
    private static final long UNPARK_TOKEN = 5L;

    /** An entry that notes what its waiter would see at the moment when its parker is marked. */
    private static final class Watched extends WaitQueue.Entry {
        final List<Object> seen = new ArrayList<>();

        Watched() {
            super(1L, 0L);
        }

        @Override
        UnparkHandle unparkLock() {
            seen.add(isOutOfQueue());
            seen.add(token);
            return UnparkHandle.NONE;
        }

        @Override
        UnparkHandle nudgeLock() {
            return UnparkHandle.NONE;
        }

        @Override
        Thread thread() {
            return Thread.currentThread();
        }
    }

    @Test
    void whoeverIsMarkedUnparkedIsOutOfItsQueueAndHasItsToken() {
        Watched entry = new Watched();
        WaitQueue queue = new WaitQueue();
        queue.append(entry);
        queue.unlink(entry);
        entry.choose(UNPARK_TOKEN);
        assertEquals(List.of(true, UNPARK_TOKEN), entry.seen);
    }

    /** A program that wakes one thread; only its token is written with this value. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) {
            KeyedLot lot = Sleepless.lot(1);
            Key key = Key.fresh();
            Sleepless.enqueue(lot, key);
            lot.unparkOne(key, UNPARK_TOKEN);
        }
    }

    /**
     * Nothing can come between two writes that follow each other, but a debugger can stop a program before it writes a
     * field, and look at another.
     */
    @Test
    @Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
    void tokenIsWrittenWhileTheWaiterIsStillInItsQueue() throws Exception {
        LaunchingConnector connector = Bootstrap.virtualMachineManager().defaultConnector();
        Map<String, Connector.Argument> arguments = connector.defaultArguments();
        arguments.get("main").setValue(Program.class.getName());
        arguments.get("options").setValue("-cp \"" + System.getProperty("java.class.path") + "\"");
        VirtualMachine machine = connector.launch(arguments);
        try {
            EventRequestManager requests = machine.eventRequestManager();
            ClassPrepareRequest loaded = requests.createClassPrepareRequest();
            loaded.addClassFilter(WaitQueue.Entry.class.getName());
            loaded.enable();
            assertEquals(List.of(true), lookAtWrites(machine), "whether it is in a queue when its token is written");
        } finally {
            machine.process().destroyForcibly();
        }
    }

    /** For each write of the unpark token whether the entry is in a queue at that moment. */
    private static List<Boolean> lookAtWrites(VirtualMachine machine) throws InterruptedException {
        List<Boolean> inQueue = new ArrayList<>();
        while (true) {
            EventSet events = machine.eventQueue().remove();
            for (Event event : events) {
                if (event instanceof ClassPrepareEvent prepared) {
                    ReferenceType entry = prepared.referenceType();
                    machine.eventRequestManager()
                            .createModificationWatchpointRequest(entry.fieldByName("token"))
                            .enable();
                } else if (event instanceof ModificationWatchpointEvent write) {
                    if (write.valueToBe().toString().equals(Long.toString(UNPARK_TOKEN))) {
                        ObjectReference entry = write.object();
                        inQueue.add(entry.getValue(entry.referenceType().fieldByName("queue")) != null);
                    }
                } else if (event instanceof VMDeathEvent || event instanceof VMDisconnectEvent) {
                    assertTrue(inQueue.size() < 2, "one thread was woken");
                    return inQueue;
                }
            }
            events.resume();
        }
    }
}
