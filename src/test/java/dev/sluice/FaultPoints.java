package dev.sluice;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/** Lets the n-th call fail of all that go through what it wraps, and no other. Thread-safe. */
public final class FaultPoints {

    private final AtomicInteger left;
    private volatile boolean isArmed;
    private volatile String where = "";

    /** @param point the call that fails, from 1 */
    public FaultPoints(int point) {
        left = new AtomicInteger(point);
    }

    /** A bug somewhere in Sluice, as far as the path can tell. */
    public static final class Fault extends RuntimeException {

        private static final long serialVersionUID = 1;

        public Fault(String where) {
            super("on purpose, at " + where);
        }
    }

    /** Calls count from now on. */
    public void arm() {
        isArmed = true;
    }

    /** Calls no longer count. */
    public void disarm() {
        isArmed = false;
    }

    /** Which call failed; empty if none has. */
    public String where() {
        return where;
    }

    /** Counts one call, and fails if it is the one. */
    public void pass(String call) {
        if (isArmed && left.decrementAndGet() == 0) {
            where = call;
            throw new Fault(call);
        }
    }

    /** The same object, each of whose methods may fail once it has done its work. */
    public <T> T of(Class<T> type, T real) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> call(type, real, method, arguments)));
    }

    private Object call(Class<?> type, Object real, Method method, Object[] arguments) throws Throwable {
        Object result;
        try {
            result = method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
        pass(type.getSimpleName() + "." + method.getName());
        return result;
    }
}
