// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../src/IEscrow.sol";

/// What the tests use of forge's cheat codes.
interface Vm {
    function warp(uint256 time) external;
    function prank(address sender) external;
    function deal(address account, uint256 amount) external;
    function addr(uint256 key) external pure returns (address);
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function expectRevert(bytes calldata reason) external;
    function expectEmit(address emitter) external;
    function chainId(uint256 id) external;
    function etch(address account, bytes calldata code) external;
    function readFile(string calldata path) external view returns (string memory);
    function keyExistsJson(string calldata json, string calldata key) external view returns (bool);
    function parseJsonUint(string calldata json, string calldata key) external pure returns (uint256);
    function parseJsonBool(string calldata json, string calldata key) external pure returns (bool);
    function parseJsonAddress(string calldata json, string calldata key) external pure returns (address);
    function parseJsonBytes32(string calldata json, string calldata key) external pure returns (bytes32);
    function parseJsonBytes(string calldata json, string calldata key) external pure returns (bytes memory);
    function toString(uint256 value) external pure returns (string memory);
    function deployCode(string calldata artifact) external returns (address);
}

/// The few helpers that the tests share.
abstract contract Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    error Unequal(string what, uint256 found, uint256 expected);
    error Untrue(string what);

    /// From its artifact, so that the tests need not be compiled together with it.
    function deployEscrow() internal returns (IEscrow) {
        return IEscrow(vm.deployCode("Escrow.sol:Escrow"));
    }

    function assertEq(uint256 found, uint256 expected, string memory what) internal pure {
        if (found != expected) revert Unequal(what, found, expected);
    }

    function assertEq(bytes32 found, bytes32 expected, string memory what) internal pure {
        if (found != expected) revert Unequal(what, uint256(found), uint256(expected));
    }

    function assertEq(address found, address expected, string memory what) internal pure {
        if (found != expected) revert Unequal(what, uint160(found), uint160(expected));
    }

    function assertTrue(bool isTrue, string memory what) internal pure {
        if (!isTrue) revert Untrue(what);
    }

    /// Folds any number into [low, high].
    function bound(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        return low + value % (high - low + 1);
    }
}
