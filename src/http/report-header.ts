/** Header by which a client asks to be told what its operation cost upstream. Any value but `false`. */
export const reportHeader = 'rolescope-report';
