/** The module form of the package, which is the one that Node can load too. */
declare module 'wgsl_reflect/wgsl_reflect.module.js' {
  export { WgslReflect } from 'wgsl_reflect'
}
