// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EscrowTest} from "../EscrowTest.sol";

/// The storage slots that `IEscrow.read` promises and no other test reads.
contract ReadTest is EscrowTest {
    function word(bytes32 key, uint256 second, uint256 slot) private view returns (uint256) {
        bytes32[] memory slots = new bytes32[](1);
        slots[0] = keccak256(abi.encode(second, keccak256(abi.encode(key, slot))));
        return uint256(escrow.read(slots)[0]);
    }

    function test_former_settlers_lie_where_the_interface_says() public {
        bytes32 jobId = openJob();
        vm.prank(publisher);
        escrow.setSettler(opening(), stranger);
        assertEq(word(jobId, 1, 3), uint160(settler), "the first settler, from epoch 0");
        post(statementOf(jobId, 1 ether));
        vm.warp(START + 1 days);
        vm.prank(publisher);
        escrow.setSettler(opening(), payee(1));
        assertEq(word(jobId, 2, 3), uint160(stranger) | uint256(1) << 160, "the second, from epoch 1");
    }

    function test_many_slots_are_read_at_once_in_their_order() public {
        openJob();
        bytes32[] memory slots = new bytes32[](300);
        slots[299] = keccak256(abi.encode(remember(opening()), 0));
        bytes32[] memory words = escrow.read(slots);
        assertEq(words.length, 300, "as many as were asked for");
        assertEq(uint256(words[0]), 0, "an empty slot");
        assertEq(uint256(words[299]), 1 | BUDGET << 8 | uint256(uint160(settler)) << 96, "a job");
        assertEq(escrow.read(new bytes32[](0)).length, 0, "none");
    }
}
